// Places for backups that a person need not type: their own folder, sticks and disks that are plugged in, and the files there.
import { homedir, userInfo } from 'node:os';
import { basename, isAbsolute, join, sep } from 'node:path';
import { BACKUP_ENDING, BACKUP_FOLDER } from '../contract/limits.ts';
import type { BackupPlaces } from '../contract/model.ts';
import { namedFiles } from './files.ts';

/** A stick that does not answer within this is left out; a computer that is busy takes a second to look at any. ms. */
const LOOK_MS = 5_000;

/** A person chooses among so many; more are typed. */
const REMOVABLES = 4;
const BACKUPS = 8;

/** In a person's home, where a backup lies that came from another computer. */
const BROUGHT_TO = ['', 'Downloads', 'Desktop', 'Documents'];

/** Those that Loom makes by itself every day end like this. */
const DAILY = /^loom-.*\.backup$/;

/** Where to look. */
export interface Haunts {
  /** The person's home; null: there is none to be found. */
  readonly home: string | null;
  /** Folders in which the system shows what is plugged in. */
  readonly mounts: readonly string[];
}

/** Of this computer, and the person who runs this process. */
export function systemHaunts(): Haunts {
  const home = orNull(homedir);
  const user = orNull(() => userInfo().username);
  const linux = user === null ? [] : [join('/media', user), join('/run/media', user)];
  const mounts = { linux, darwin: ['/Volumes'] }[process.platform as string] ?? [];
  return { home: home !== null && isAbsolute(home) ? home : null, mounts };
}

/** Nothing here fails: what cannot be looked at is left out. Takes some seconds at most. */
export async function findPlaces({ home, mounts }: Haunts, answerMs = LOOK_MS): Promise<BackupPlaces> {
  const shown = await Promise.all(mounts.map((mount) => filesIn([mount], answerMs)));
  const removable = shown.flat().slice(0, REMOVABLES);
  const own = home === null ? [] : [join(home, BACKUP_FOLDER)];
  const brought = home === null ? [] : BROUGHT_TO.map((name) => join(home, name));
  const found = await Promise.all(
    [[...own, ...brought], ...removable.map((folder) => [folder])].map((each) => filesIn(each, answerMs)),
  );
  const backups = found
    .flat()
    .filter((file) => isBackup(basename(file)))
    .map((path) => ({ path, day: dayIn(basename(path)) }))
    .sort((a, b) => (a.day < b.day ? 1 : a.day > b.day ? -1 : 0))
    .slice(0, BACKUPS)
    .map(({ path }) => path);
  const folders = [
    ...own.map((path) => ({ path, kind: 'home' as const })),
    ...removable.map((path) => ({ path, kind: 'removable' as const })),
  ];
  return { folders, backups, separator: sep };
}

/** Those of one disk, by a process of their own: one that hangs takes nothing else along. @returns paths. */
async function filesIn(folders: readonly string[], answerMs: number): Promise<readonly string[]> {
  const files = namedFiles(new AbortController().signal, answerMs);
  const all: string[] = [];
  const until = performance.now() + answerMs;
  try {
    for (const folder of folders) {
      if (performance.now() > until) break;
      const names = await files.list(folder).catch(() => []);
      all.push(...names.filter((name) => !name.startsWith('.')).map((name) => join(folder, name)));
    }
  } finally {
    await files.end();
  }
  return all;
}

function isBackup(name: string): boolean {
  return name.endsWith(BACKUP_ENDING) || DAILY.test(name);
}

/** As written in the name, so that names sort by it; empty: none. */
function dayIn(name: string): string {
  return /\d{4}-\d{2}-\d{2}/.exec(name)?.[0] ?? '';
}

/** A user without an entry in passwd has neither name nor home. */
function orNull(read: () => string): string | null {
  try {
    return read();
  } catch {
    return null;
  }
}
