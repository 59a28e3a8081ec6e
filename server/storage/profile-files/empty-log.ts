// The write-ahead log emptied so that nothing of what stood in it is left to read: its blocks go back to the file system.
import { closeSync, existsSync, fsyncSync, openSync, statSync, writeSync } from 'node:fs';
import { overwriteFile } from './erase-file.ts';
import type { Database } from '../database.ts';
import { StorageError } from '../errors.ts';

const LOG_HEADER_BYTES = 32;

/** All of the log into the database, overwritten, then cut off. No transaction may be open. @throws StorageError write-failed. */
export function emptyLog(database: Database): void {
  checkpoint(database, 'RESTART');
  try {
    overwriteLog(`${database.path}-wal`);
  } catch (error) {
    throw new StorageError('write-failed', 'the log could not be overwritten', error);
  }
  checkpoint(database, 'TRUNCATE');
}

function checkpoint(database: Database, mode: 'RESTART' | 'TRUNCATE'): void {
  const done = database.row(`PRAGMA wal_checkpoint(${mode})`);
  if (done?.number('busy') !== 0) throw new StorageError('write-failed', 'the log could not be emptied');
}

/** The header first: a log of which only the beginning is left would put old pages over newer ones. */
function overwriteLog(log: string): void {
  if (!existsSync(log) || statSync(log).size === 0) return;
  const handle = openSync(log, 'r+');
  try {
    writeSync(handle, new Uint8Array(LOG_HEADER_BYTES), 0, LOG_HEADER_BYTES, 0);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  overwriteFile(log);
}
