// The folder of a profile is private to its owner: no one else may read it, or may have made it.
import { lstatSync, mkdirSync, rmdirSync } from 'node:fs';
import type { Stats } from 'node:fs';
import { lstat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { ProfilePlace } from '../options.ts';
import { CommandFailure } from './exit.ts';
import { currentUser, weaknesses, type Stranger } from './parent-folders.ts';

const PRIVATE_FOLDER = 0o700;
const OTHERS = 0o077;

/** A disk that sleeps takes some seconds to wake up. */
const SLOW_MS = 5_000;

/**
 * Resolves when the folder answers, whatever it says. What looks at it otherwise waits in the kernel, where no Ctrl-C
 * reaches this process; here one does.
 * @param onSlow called when it takes long.
 */
export async function untilAnswered(place: ProfilePlace, onSlow: () => void, slowMs = SLOW_MS): Promise<void> {
  const timer = setTimeout(onSlow, slowMs);
  try {
    await lstat(place.folder);
  } catch {
    // What is wrong with it is said by who uses it.
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Makes the data folder and the profile's folder in it (0700) where they are missing, and checks both. From here on
 * everything the process creates is for its owner alone.
 * @returns warnings about the folders above. @throws CommandFailure with exit code 5 on a folder that is not ours alone,
 * lies where everybody could put another in its place, or cannot be made.
 */
export function prepareFolder(place: ProfilePlace): readonly string[] {
  process.umask(OTHERS);
  try {
    mkdirSync(dirname(place.dataDir), { recursive: true });
    const warnings = checkParents(place.dataDir);
    for (const folder of [place.dataDir, place.folder]) {
      const made = makeFolder(folder);
      const stats = lstatSync(folder);
      if (made && isOpen(stats)) throw withoutPermissions(folder);
      check(folder, stats);
    }
    return warnings;
  } catch (error) {
    throw explained(error, place);
  }
}

/**
 * Checks the folders as far as they exist, and makes none.
 * @returns false when the profile has no folder yet. @throws CommandFailure as above.
 */
export function folderExists(place: ProfilePlace): boolean {
  try {
    // Where nothing is, nothing is trusted.
    if (lstatSync(place.dataDir, { throwIfNoEntry: false }) === undefined) return false;
    checkParents(place.dataDir);
    for (const folder of [place.dataDir, place.folder]) {
      const stats = lstatSync(folder, { throwIfNoEntry: false });
      if (stats === undefined) return false;
      check(folder, stats);
    }
    return true;
  } catch (error) {
    throw explained(error, place);
  }
}

/**
 * One at a time and not recursively: what stands there already, even a dangling link, must be looked at.
 * @returns whether it was not there.
 */
function makeFolder(folder: string): boolean {
  try {
    mkdirSync(folder, { mode: PRIVATE_FOLDER });
    return true;
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
    return false;
  }
}

/** Made private, and it is not: memory sticks and some shares keep no permissions. The next try finds it gone again. */
function withoutPermissions(folder: string): CommandFailure {
  rmdirSync(folder);
  return new CommandFailure(
    'notAllowed',
    `The file system of ${folder} keeps no permissions, so others could read your profile there. Choose another place with --data-dir.`,
  );
}

/** Windows keeps the user's folders private by their access lists; there are no modes to look at. */
function isOpen({ mode }: Stats): boolean {
  return process.getuid !== undefined && (mode & OTHERS) !== 0;
}

function check(folder: string, stats: Stats): void {
  if (stats.isSymbolicLink()) throw refusal(folder, 'is a symbolic link');
  if (!stats.isDirectory()) throw refusal(folder, 'is not a folder');
  if (process.getuid !== undefined && stats.uid !== process.getuid()) throw refusal(folder, 'belongs to another user');
  if (isOpen(stats)) throw refusal(folder, 'is open to other users (chmod 700 makes it private)');
}

/** @returns warnings. @throws CommandFailure where everybody may write. */
function checkParents(dataDir: string): readonly string[] {
  const user = currentUser();
  return (user ? weaknesses(dataDir, user) : []).map(({ folder, stranger }) => {
    if (stranger !== 'everybody') return `${replacers[stranger]} ${folder} could replace the data folder inside it.`;
    const why = `is inside ${folder}, which every user can write to (chmod o-w ${folder} closes it)`;
    throw refusal(dataDir, why);
  });
}

const replacers: Readonly<Record<Exclude<Stranger, 'everybody'>, string>> = {
  group: 'Members of the group of',
  owner: 'The owner of',
};

function refusal(folder: string, why: string): CommandFailure {
  return new CommandFailure('notAllowed', `The data folder ${folder} ${why}; Loom won’t use it.`);
}

function explained(error: unknown, place: ProfilePlace): unknown {
  const code = codeOf(error);
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') {
    return new CommandFailure('notAllowed', `No permission to use the data folder ${place.folder}.`);
  }
  if (code === 'ENOTDIR' || code === 'EEXIST') {
    return new CommandFailure('notAllowed', `The data folder ${place.folder} is inside something that isn’t a folder.`);
  }
  if (code !== null) return new CommandFailure('failed', `The data folder ${place.folder} can’t be created (${code}).`);
  return error;
}

/** The code of a failed system call, or null for any other error. */
function codeOf(error: unknown): string | null {
  return error instanceof Error && 'syscall' in error && 'code' in error ? String(error.code) : null;
}
