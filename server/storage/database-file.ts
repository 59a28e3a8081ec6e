// The database file: made whole or not at all, and looked at without touching it. SQLite would write (its lock, its log)
// before it can say which version a file has; so the few header fields that say it are read here, from the file and from
// what waits in its log (https://www.sqlite.org/fileformat2.html §1.3 and §4.1).
import { closeSync, existsSync, fstatSync, fsyncSync, openSync, readSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { equal, readU32, utf8 } from '../crypto/bytes.ts';
import { Database, syncFolder } from './database.ts';
import { StorageError } from './errors.ts';
import { APPLICATION_ID, LATEST_VERSION, migrate } from './migrations.ts';

const HEADER_BYTES = 100;
const MAGIC = utf8('SQLite format 3\0');
const USER_VERSION_OFFSET = 60;
const APPLICATION_ID_OFFSET = 68;

const LOG_HEADER_BYTES = 32;
const LOG_PAGE_SIZE_OFFSET = 8;
const LOG_SALT_OFFSET = 16;
const FRAME_HEADER_BYTES = 24;
const FRAME_SALT_OFFSET = 8;

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
  const header = readHeader(path);
  if (header.length < HEADER_BYTES || readU32(header, APPLICATION_ID_OFFSET) !== APPLICATION_ID) {
    throw new StorageError('damaged', 'this is no database of Loom');
  }
  const versions = [header, ...loggedHeaders(`${path}-wal`)].map((page) => readU32(page, USER_VERSION_OFFSET));
  if (Math.max(...versions) > LATEST_VERSION) {
    throw new StorageError('database-newer', 'a newer Loom has written this database');
  }
}

/** What a database that is not yet the profile's is called. */
export function draftPath(path: string): string {
  return `${path}.new`;
}

/**
 * The first page's header, each time that a log not yet carried over has it, committed or not. After the last frame whose
 * writing was begun may stand what an earlier round of the log left there: that is no header.
 */
function loggedHeaders(path: string): Uint8Array[] {
  if (!existsSync(path)) return [];
  const handle = openSync(path, 'r');
  try {
    const log = read(handle, 0, LOG_HEADER_BYTES);
    if (log.length < LOG_HEADER_BYTES) return [];
    const frameBytes = FRAME_HEADER_BYTES + readU32(log, LOG_PAGE_SIZE_OFFSET);
    const size = fstatSync(handle).size;
    const headers: Uint8Array[] = [];
    for (let offset = LOG_HEADER_BYTES; offset + frameBytes <= size; offset += frameBytes) {
      const frame = read(handle, offset, FRAME_HEADER_BYTES);
      // Frames of an earlier round of the log have other salts and count no more.
      if (!sameSalts(log, frame)) break;
      if (readU32(frame, 0) !== 1) continue;
      const header = read(handle, offset + FRAME_HEADER_BYTES, HEADER_BYTES);
      if (equal(header.subarray(0, MAGIC.length), MAGIC)) headers.push(header);
    }
    return headers;
  } finally {
    closeSync(handle);
  }
}

function sameSalts(log: Uint8Array, frame: Uint8Array): boolean {
  return [0, 4].every((at) => readU32(log, LOG_SALT_OFFSET + at) === readU32(frame, FRAME_SALT_OFFSET + at));
}

function readHeader(path: string): Uint8Array {
  const handle = openSync(path, 'r');
  try {
    return read(handle, 0, HEADER_BYTES);
  } finally {
    closeSync(handle);
  }
}

function read(handle: number, offset: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  return bytes.subarray(0, readSync(handle, bytes, 0, length, offset));
}

function syncFile(path: string): void {
  const handle = openSync(path, 'r+');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
