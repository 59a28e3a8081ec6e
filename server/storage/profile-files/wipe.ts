// A profile destroyed, keys first: without them every other file is noise, and so is any copy of it.
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { syncFolder } from '../database.ts';
import { eraseFile } from './erase-file.ts';
import { StorageError } from '../errors.ts';
import { keyFileNames } from './key-file.ts';

/**
 * Overwrites every file that holds the master key, wrapped or not, and removes it. A disk that never writes to the same
 * place twice may still keep what was there for a while: that can't be prevented from here.
 * @throws StorageError write-failed when one is still there.
 */
export function destroyKeys(folder: string): void {
  const failures = keyFileNames.map((name) => eraseFile(join(folder, name))).filter((failure) => failure !== null);
  if (failures.length > 0) throw new StorageError('write-failed', 'a key file could not be destroyed', failures[0]);
  syncFolder(folder);
}

/**
 * Removes all that is in the profile's folder, whatever it is, but not the folder. Nothing may be open in it.
 * @param keep names that stay. @throws StorageError write-failed.
 */
export function removeFiles(folder: string, keep: (name: string) => boolean): void {
  try {
    const names = readdirSync(folder).filter((name) => !keep(name));
    for (const name of names) rmSync(join(folder, name), { recursive: true, force: true });
    syncFolder(folder);
  } catch (error) {
    throw new StorageError('write-failed', 'a file could not be removed', error);
  }
}
