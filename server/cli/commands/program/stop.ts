import { readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { daemonCommand } from '../../command.ts';
import { CommandFailure } from '../../exit.ts';

/** Loom ends within 3 s of being asked; a process that lives longer hangs. */
const PATIENCE_MS = 5_000;
const LOOK_EVERY_MS = 20;

export const stopCommand = daemonCommand({
  name: 'stop',
  usage: '',
  summary: 'stops the running Loom and waits until it is gone',
  words: [0, 0],
  options: {},
  async run({ json, terminal }, daemon) {
    const { pid } = await daemon.request('status.get', {});
    await daemon.request('process.stop', {});
    if (!(await gone(pid)))
      throw new CommandFailure('failed', `Process ${pid} was asked to stop but is still running.`);
    if (!json) terminal.tell('Stopped.');
  },
});

async function gone(pid: number): Promise<boolean> {
  const end = performance.now() + PATIENCE_MS;
  while (isAlive(pid)) {
    if (performance.now() > end) return false;
    await wait(LOOK_EVERY_MS);
  }
  return true;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it lives, and is not ours.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
  return !isZombie(pid);
}

/** Ended, but its parent has not asked how; that may never come, and nothing of it is left to wait for. */
function isZombie(pid: number): boolean {
  if (process.platform !== 'linux') return false;
  try {
    return /^\d+ \(.*\) Z/s.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    return false;
  }
}
