// The command line as scripts call it: one process for each command, by what it prints and the code it ends with.
import { execFile } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MAIN, type Daemon } from './daemon.ts';

export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export type Environment = Readonly<Record<string, string>>;

/** Nothing of the tester's own profile or desktop. */
export function environment(more: Environment = {}): Environment {
  return { PATH: process.env.PATH ?? '', HOME: join(tmpdir(), 'nobody'), ...more };
}

/** Runs one command to its end. */
export function loomWeb(args: readonly string[], input = '', env: Environment = {}): Promise<Ended> {
  return new Promise((resolve) => {
    const options = { env: environment(env), maxBuffer: 64 * 1024 * 1024 };
    const child = execFile(process.execPath, [MAIN, ...args], options, (_, stdout, stderr) => {
      resolve({ code: child.exitCode ?? -1, stdout, stderr });
    });
    // A command that fails early reads nothing.
    child.stdin?.on('error', () => undefined).end(input);
  });
}

/** The objects of `--json`, one a line. */
export function objects<T = Record<string, unknown>>({ stdout }: Ended): T[] {
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as T);
}

export function place({ profile, dataDir }: Daemon): readonly string[] {
  return ['--profile', profile, '--data-dir', dataDir];
}

/** The command line of one person. */
export function shell(daemon: Daemon): (line: string, input?: string) => Promise<Ended> {
  return (line, input) => loomWeb([...line.split(' '), ...place(daemon)], input);
}
