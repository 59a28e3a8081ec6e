// How far long work is, told on stderr while a person waits for it.
import type { Daemon } from '../daemon.ts';
import type { Call } from '../command.ts';

const STEP_PERCENT = 10;

const words = { backup: 'Backing up', verify: 'Verifying', restore: 'Restoring', import: 'Importing' } as const;

/** Runs `work`, one long command, and reports every tenth of it; scripts ask for JSON and get the end only. */
export async function withProgress<T>(
  { json, terminal }: Pick<Call, 'json' | 'terminal'>,
  daemon: Daemon,
  work: () => Promise<T>,
): Promise<T> {
  if (json) return work();
  let told = 0;
  const end = daemon.onEvent((message) => {
    if (message.event !== 'task.changed' || !message.data.task) return;
    const { kind, percent } = message.data.task;
    if (percent < told + STEP_PERCENT) return;
    told = percent - (percent % STEP_PERCENT);
    terminal.tell(`${words[kind]}: ${told} %`);
  });
  await daemon.request('events.subscribe', { cursor: null, boot: null });
  return work().finally(end);
}
