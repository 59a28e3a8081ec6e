import { defineStore } from 'pinia';
import { shallowRef } from 'vue';
import { Client } from '../api/client.ts';
import type { ClientEvents, LineState } from '../api/client.ts';
import type { CommandName, Input, Result } from '../../../server/contract/commands.ts';

/** The line to the daemon, as the page sees it. */
export const useLink = defineStore('link', () => {
  const line = shallowRef<LineState>({ kind: 'starting' });
  let client: Client | null = null;

  function start(events: Omit<ClientEvents, 'line'>): void {
    client = new Client({ ...events, line: (state) => (line.value = state) });
    void client.start();
  }

  function call<N extends CommandName>(command: N, params: Input<N>): Promise<Result<N>> {
    if (client === null) return Promise.reject(new Error('the line is not started'));
    return client.call(command, params);
  }

  function retry(): void {
    client?.retry();
  }

  return { line, start, call, retry };
});
