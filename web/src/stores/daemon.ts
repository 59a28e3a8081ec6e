import { defineStore } from 'pinia';
import { computed, shallowRef } from 'vue';
import { Client } from '../api/client.ts';
import type { ClientEvents, LineState } from '../api/client.ts';
import { readUrlCommand } from '../api/way-in.ts';
import type { CommandName, Input, Result } from '../../../server/contract/commands.ts';

/** A socket that is replaced takes less than this, and is not worth a word; ms. */
const PATIENCE_MS = 700;

/** The line to the daemon, as the page sees it. */
export const useLink = defineStore('link', () => {
  const line = shallowRef<LineState>({ kind: 'starting' });
  /** Lost for long enough to say so. */
  const away = shallowRef(false);
  /** What to type for a way in, once there is none; empty: not known yet. */
  const urlCommand = shallowRef('');
  /** Whether what the page knows of others is fresh. */
  const hears = computed(() => !away.value);
  let client: Client | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function changed(state: LineState): void {
    const lostJustNow = state.kind === 'lost' && line.value.kind !== 'lost';
    line.value = state;
    if (lostJustNow) timer = setTimeout(() => (away.value = true), PATIENCE_MS);
    if (state.kind === 'out') void readUrlCommand().then((command) => (urlCommand.value = command));
    if (state.kind === 'lost') return;
    clearTimeout(timer);
    away.value = false;
  }

  function start(events: Omit<ClientEvents, 'line'>): void {
    client = new Client({ ...events, line: changed });
    void client.start();
  }

  function call<N extends CommandName>(command: N, params: Input<N>): Promise<Result<N>> {
    if (client === null) return Promise.reject(new Error('the line is not started'));
    return client.call(command, params);
  }

  async function renew(): Promise<void> {
    await client?.renew();
  }

  function retry(): void {
    client?.retry();
  }

  /** A person wants in, where who led here is unknown. */
  function allow(): void {
    void client?.allow();
  }

  return { line, away, urlCommand, hears, start, call, renew, retry, allow };
});
