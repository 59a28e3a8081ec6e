import { chmodSync, chownSync, lstatSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ProfilePlace } from '../options.ts';
import { deferred } from '../timing/deferred.ts';
import { hungFolder } from '../testing/disk/hung-folder.ts';
import { folderExists, prepareFolder, untilAnswered } from './data-dir.ts';
import { CommandFailure, exitCodes } from './exit.ts';

const isRoot = process.getuid?.() === 0;
const umask = process.umask(0o022);
let parent = '';

beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'loom-data-dir-'));
});
afterEach(() => {
  process.umask(umask);
  rmSync(parent, { recursive: true });
});

function place(dataDir = join(parent, 'data')): ProfilePlace {
  return { profile: 'p', dataDir, folder: join(dataDir, 'p') };
}

function made(folder: string, mode = 0o700): string {
  mkdirSync(folder);
  chmodSync(folder, mode);
  return folder;
}

function mode(path: string): number {
  return lstatSync(path).mode & 0o777;
}

function refused(action: () => unknown): void {
  let thrown: unknown;
  try {
    action();
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toBeInstanceOf(CommandFailure);
  expect((thrown as CommandFailure).exitCode).toBe(exitCodes.notAllowed);
}

describe('prepareFolder', () => {
  it('makes what is missing, and everything after it private', () => {
    const { dataDir, folder } = place(join(parent, 'a', 'b', 'data'));
    prepareFolder({ profile: 'p', dataDir, folder });
    writeFileSync(join(folder, 'file'), '');
    expect([mode(join(parent, 'a')), mode(dataDir), mode(folder)]).toEqual([0o700, 0o700, 0o700]);
    expect(mode(join(folder, 'file'))).toBe(0o600);
  });

  it.skipIf(!isRoot)('warns of the one other user who could put another in its place', () => {
    chownSync(parent, 1234, 1234);
    expect(prepareFolder(place())).toEqual([`The owner of ${parent} could replace the data folder inside it.`]);
    chownSync(parent, 0, 1234);
    chmodSync(parent, 0o770);
    expect(prepareFolder(place())).toEqual([
      `Members of the group of ${parent} could replace the data folder inside it.`,
    ]);
    chmodSync(parent, 0o750);
    expect(prepareFolder(place())).toEqual([]);
  });

  it('takes its own folders again', () => {
    prepareFolder(place());
    expect(() => prepareFolder(place())).not.toThrow();
  });

  it('adds a second profile beside the first', () => {
    prepareFolder(place());
    const { dataDir } = place();
    prepareFolder({ profile: 'q', dataDir, folder: join(dataDir, 'q') });
    expect(mode(join(dataDir, 'q'))).toBe(0o700);
  });
});

/** How the data folder, or the profile's in it, can be wrong. */
const wrong: readonly (readonly [string, (folder: string) => void])[] = [
  ['a link to a folder', (folder) => symlinkSync(made(join(parent, 'elsewhere')), folder)],
  ['a link to nowhere', (folder) => symlinkSync(join(parent, 'nowhere'), folder)],
  ['a file', (folder) => writeFileSync(folder, '', { mode: 0o600 })],
  ...[0o750, 0o701, 0o777, 0o720, 0o704].map(
    (bits) => [`open to others (${bits.toString(8)})`, (folder: string) => void made(folder, bits)] as const,
  ),
  // Only root can give a folder away; see below for everybody else.
  ...(isRoot ? [['another user’s', (folder: string) => chownSync(made(folder), 65_534, 65_534)] as const] : []),
];

describe.each([
  ['prepareFolder', prepareFolder],
  ['folderExists', folderExists],
])('%s', (_, look) => {
  it.each(wrong)('refuses a data folder that is %s', (_, make) => {
    make(place().dataDir);
    refused(() => look(place()));
  });

  it.each(wrong)('refuses a profile folder that is %s', (_, make) => {
    made(place().dataDir);
    make(place().folder);
    refused(() => look(place()));
  });

  it('refuses to lie where everybody could put another in its place', () => {
    made(place().dataDir);
    made(place().folder);
    chmodSync(parent, 0o777);
    refused(() => look(place()));
    chmodSync(parent, 0o1777);
    expect(() => look(place())).not.toThrow();
  });

  it('refuses what lies below a file', () => {
    writeFileSync(join(parent, 'file'), '');
    refused(() => prepareFolder(place(join(parent, 'file', 'data'))));
  });

  it.skipIf(isRoot)('refuses a folder of another user', () => {
    refused(() => look(place('/usr')));
  });
});

describe('a data folder on a share that is gone', () => {
  it('is waited for, so that the process can be ended; and it is said', async ({ skip }) => {
    const hung = await hungFolder('a data folder on a share that is gone');
    if (!hung) return skip();
    const said = deferred<null>();
    const waited = untilAnswered(place(join(hung.path, 'data')), () => said.resolve(null), 10);
    await said.promise;
    hung.remove();
    await waited;
  });

  it('is not a word about one that answers', async () => {
    await untilAnswered(place(), () => expect.fail('it was slow'));
  });
});

describe('folderExists', () => {
  it('makes nothing', () => {
    expect(folderExists(place())).toBe(false);
    made(place().dataDir);
    expect(folderExists(place())).toBe(false);
    made(place().folder);
    expect(folderExists(place())).toBe(true);
  });
});
