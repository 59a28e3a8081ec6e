// The folder of a profile is private to its owner: nobody else may read it, and none but its owner may have made it.
import { lstatSync, mkdirSync } from 'node:fs';
import type { Stats } from 'node:fs';
import { dirname } from 'node:path';
import type { ProfilePlace } from '../options.ts';
import { CommandFailure } from './exit.ts';

const PRIVATE_FOLDER = 0o700;
const OTHERS = 0o077;

/**
 * Makes the data folder and the profile's folder in it (0700) where they are missing, and checks both. From here on
 * everything the process creates is for its owner alone.
 * @throws CommandFailure with exit code 5 on a folder that is not ours alone or cannot be made.
 */
export function prepareFolder(place: ProfilePlace): void {
  process.umask(OTHERS);
  try {
    mkdirSync(dirname(place.dataDir), { recursive: true });
    for (const folder of [place.dataDir, place.folder]) {
      makeFolder(folder);
      check(folder, lstatSync(folder));
    }
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

/** One at a time and not recursively: what stands there already, even a dangling link, must be looked at. */
function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { mode: PRIVATE_FOLDER });
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
  }
}

function check(folder: string, stats: Stats): void {
  if (stats.isSymbolicLink()) throw refusal(folder, 'is a symbolic link');
  if (!stats.isDirectory()) throw refusal(folder, 'is not a folder');
  // Windows keeps the user's folders private by their access lists; there are no modes to look at.
  if (process.getuid === undefined) return;
  if (stats.uid !== process.getuid()) throw refusal(folder, 'belongs to another user');
  if ((stats.mode & OTHERS) !== 0) throw refusal(folder, 'is open to other users (chmod 700 makes it private)');
}

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
