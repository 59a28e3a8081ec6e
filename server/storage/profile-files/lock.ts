// The lock that node-sqlite3-wasm makes beside a database: a folder, there as long as the database is open.
import { existsSync, rmdirSync } from 'node:fs';
import { StorageError } from '../errors.ts';

/**
 * Removes the lock that a killed process left behind. The caller must hold the profile's control socket: that alone
 * proves that no process uses the profile; with a live process the database would be ruined.
 */
export function removeLock(path: string): void {
  try {
    rmdirSync(lockPath(path));
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}

/** Asks without opening the file, which SQLite could not. @throws StorageError in-use. */
export function requireNoLock(path: string): void {
  if (existsSync(lockPath(path))) throw new StorageError('in-use', 'the database is locked');
}

export function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

function lockPath(path: string): string {
  return `${path}.lock`;
}
