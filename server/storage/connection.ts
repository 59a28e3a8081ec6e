// How Loom opens SQLite: only so that a crash at any moment costs nothing that was committed.
import sqlite from 'node-sqlite3-wasm';
import { StorageError } from './errors.ts';

/** Every setting with the answer that SQLite must give when asked, in this order: exclusive locking comes first. */
export const settings = [
  ['locking_mode', 'EXCLUSIVE', 'exclusive'],
  ['journal_mode', 'WAL', 'wal'],
  ['synchronous', 'FULL', 2],
  ['secure_delete', 'ON', 1],
  ['foreign_keys', 'ON', 1],
  // A database that somebody else had in hand: trust no function in its schema, check the pages read.
  ['trusted_schema', 'OFF', 0],
  ['cell_size_check', 'ON', 1],
  // Nothing of ours goes into temporary files.
  ['temp_store', 'MEMORY', 2],
  // 16 MiB: the look-up by message id touches random pages of its index.
  ['cache_size', '-16384', -16384],
  // After a burst the log shrinks back to 8 MiB.
  ['journal_size_limit', '8388608', 8388608],
] as const;

/** @throws StorageError damaged. */
export function connect(path: string): sqlite.Database {
  try {
    return new sqlite.Database(path, { fileMustExist: path !== ':memory:' });
  } catch (error) {
    throw new StorageError('damaged', 'the database cannot be opened', error);
  }
}

/** What SQLite said while it was opened, as ours. */
export function openError(error: unknown): unknown {
  if (!(error instanceof sqlite.SQLite3Error)) return error;
  if (error.message.includes('locked')) return new StorageError('in-use', 'the database is locked', error);
  const damaged = error.message.includes('malformed') || error.message.includes('not a database');
  return new StorageError(damaged ? 'damaged' : 'write-failed', 'the database cannot be opened', error);
}
