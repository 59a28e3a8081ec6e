import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { builtProgram, type BuiltProgram } from '../testing/built-program.ts';
import { outlivesTerminal, whereabouts } from './process-lifecycle.ts';

describe('a process', () => {
  const terminals =
    (...fds: number[]) =>
    (fd: number) =>
      fds.includes(fd);

  it('outlives the terminal it has nothing to do with', () => {
    expect(outlivesTerminal('linux', terminals())).toBe(true);
    // There nohup leaves stdin as it is.
    expect(outlivesTerminal('darwin', terminals(0))).toBe(true);
  });

  it('ends with the one it reads or writes', () => {
    for (const fds of [[0], [1], [2], [0, 1, 2]]) expect(outlivesTerminal('linux', terminals(...fds))).toBe(false);
    for (const fds of [[1], [2], [0, 1, 2]]) expect(outlivesTerminal('darwin', terminals(...fds))).toBe(false);
  });
});

describe('whereabouts', () => {
  it('tells kind and place of an error, and nothing it says', () => {
    const line = whereabouts(new RangeError('Ada wrote: secret'));
    expect(line).toMatch(/^RangeError < .*process-lifecycle\.test\.ts:\d+:\d+/);
    expect(line).not.toMatch(/Ada|secret|\n|\//);
  });

  it('tells the code of a system error, and not its path', () => {
    const error = Object.assign(new Error("ENOENT: no such file, open '/home/ada/x'"), { code: 'ENOENT' });
    expect(whereabouts(error)).toMatch(/^Error ENOENT < /);
    expect(whereabouts(error)).not.toContain('ada');
  });

  it('takes a message of several lines for no place', () => {
    const line = whereabouts(new Error('first\n    at Ada (secret:1:1)\n'));
    expect(line).not.toMatch(/Ada|secret/);
  });

  it('takes whatever can be thrown', () => {
    expect(whereabouts('secret')).toBe('string thrown');
    expect(whereabouts(undefined)).toBe('undefined thrown');
  });
});

describe('a process that is asked to stop', () => {
  let program: BuiltProgram;
  let folder: string;
  beforeAll(async () => {
    program = await builtProgram(new URL('../testing/disk/unending-process.ts', import.meta.url));
    folder = mkdtempSync(join(tmpdir(), 'loom-lifetime-'));
    execFileSync('mkfifo', [join(folder, 'pipe')]);
  });
  afterAll(() => {
    program.remove();
    rmSync(folder, { recursive: true });
  });

  /** How it ends after `signals`, though it goes on with its work, and what it has said. */
  async function endOf(
    signals: readonly NodeJS.Signals[],
    ...args: string[]
  ): Promise<[number | string | null, string]> {
    const child = spawn(process.execPath, [program.path, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
    let said = '';
    const ended = new Promise<number | string | null>((resolve) => {
      child.once('close', (code, signal) => resolve(code ?? signal));
    });
    await new Promise<void>((resolve) => {
      child.stdout.on('data', (piece: Buffer) => {
        said += piece.toString();
        resolve();
      });
    });
    for (const signal of signals) {
      child.kill(signal);
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
    return [await ended, said];
  }

  it.each([
    ['that waits', ['SIGTERM'], 0],
    ['that a person does not want to wait for', ['SIGINT', 'SIGINT'], 1],
  ] as const)('ends by force %s', async (_, signals, code) => {
    expect(await endOf(signals)).toEqual([code, 'up\nput away\n']);
  });

  it.each([
    ['that waits', ['SIGTERM']],
    ['that a person does not want to wait for', ['SIGINT', 'SIGINT']],
  ] as const)('ends by force %s, also while a file call hangs in the kernel', async (_, signals) => {
    expect(await endOf(signals, join(folder, 'pipe'))).toEqual(['SIGKILL', 'up\nput away\n']);
  });
});
