// The database file: made whole or not at all, and looked at without touching it. SQLite would write (its lock, its log)
// before it can say which version a file has; so the few header fields that say it are read here, from the file or from
// what waits in its log (https://www.sqlite.org/fileformat2.html §1.3).
import { closeSync, existsSync, fsyncSync, openSync, readSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readU32 } from '../../crypto/bytes.ts';
import { Database, syncFolder } from '../database.ts';
import { StorageError } from '../errors.ts';
import { readSweep } from './sweep-file.ts';
import { loggedFirstPage } from './wal-first-page.ts';
import { APPLICATION_ID, LATEST_VERSION, migrate } from '../migrations.ts';

const HEADER_BYTES = 100;
const USER_VERSION_OFFSET = 60;
const APPLICATION_ID_OFFSET = 68;

export function databasePath(folder: string): string {
  return join(folder, 'loom.db');
}

/**
 * Makes an empty database that belongs to `id`, under another name: it becomes the profile's once the keys are written.
 * A crash on the way leaves nothing that looks like a profile, and later a lost database is not mistaken for a new one.
 */
export function draftDatabase(path: string, id: Uint8Array): void {
  const draft = draftPath(path);
  for (const left of [draft, `${draft}-wal`, `${draft}-journal`, `${draft}.lock`]) {
    rmSync(left, { recursive: true, force: true });
  }
  closeSync(openSync(draft, 'wx', 0o600));
  const database = new Database(draft);
  try {
    migrate(database);
    database.transaction(() => database.change('INSERT INTO profile (one, database) VALUES (1, ?)', id));
  } finally {
    database.close();
  }
  syncFile(draft);
}

/** Gives the draft its name, should the database have none yet. @throws StorageError damaged when there is neither. */
export function adoptDraft(path: string): void {
  if (existsSync(path)) return;
  if (!existsSync(draftPath(path))) throw new StorageError('damaged', 'the database is missing');
  renameSync(draftPath(path), path);
  syncFolder(dirname(path));
}

/**
 * Looks, and leaves every byte and every name as it is.
 * @throws StorageError database-newer when a later Loom has written here, damaged when this is no database of Loom.
 */
export function inspectDatabase(path: string): void {
  // A page that a sweep or the log has is still to be carried over, or was by half. A sweep begins with an empty log.
  const swept = readSweep(path).find(({ number }) => number === 0)?.bytes;
  const header = swept ?? loggedFirstPage(`${path}-wal`) ?? readHeader(path);
  if (header.length < HEADER_BYTES || readU32(header, APPLICATION_ID_OFFSET) !== APPLICATION_ID) {
    throw new StorageError('damaged', 'this is no database of Loom');
  }
  if (readU32(header, USER_VERSION_OFFSET) > LATEST_VERSION) {
    throw new StorageError('database-newer', 'a newer Loom has written this database');
  }
}

/** What a database that is not yet the profile's is called. */
export function draftPath(path: string): string {
  return `${path}.new`;
}

function readHeader(path: string): Uint8Array {
  const handle = openSync(path, 'r');
  try {
    const bytes = new Uint8Array(HEADER_BYTES);
    return bytes.subarray(0, readSync(handle, bytes, 0, HEADER_BYTES, 0));
  } finally {
    closeSync(handle);
  }
}

function syncFile(path: string): void {
  const handle = openSync(path, 'r+');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
