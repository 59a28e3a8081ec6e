// A screen that nobody sees, for browsers that want one: what a hand does reaches them as on a real one.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';

export interface Display {
  /** Of the environment of what is to be shown on it. */
  readonly name: string;
  close(): Promise<void>;
}

/** Starts Xvfb on the first number that is free. */
export async function openDisplay(): Promise<Display> {
  const screen = ['-screen', '0', '1600x1200x24', '-nolisten', 'tcp', '-displayfd', '3'];
  const child = spawn('Xvfb', screen, { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] });
  const number = child.stdio[3] as Readable;
  const failed = once(child, 'exit').then(() => Promise.reject(new Error('Xvfb ended before it was ready')));
  const ended = once(child, 'exit');
  const [digits] = (await Promise.race([once(number, 'data'), failed])) as [Buffer];
  failed.catch(() => undefined);
  return {
    name: `:${digits.toString().trim()}`,
    close: async () => {
      child.kill();
      await ended;
    },
  };
}
