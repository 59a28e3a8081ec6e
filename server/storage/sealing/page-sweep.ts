// What SQLite leaves in the free middle of its pages: `secure_delete` overwrites deleted cells, but where cells move to
// another page (when pages are balanced) their bytes stay behind in the gap between the cell pointers and the cells. This
// overwrites the gaps (https://www.sqlite.org/fileformat2.html §1.6).
//
//   log emptied into the file ── pages cleaned, written to a file beside it, synced ── the same into the file, synced ──▶
//   the file beside it removed, synced
//
// A crash on the way leaves either nothing of it or the file beside, whole, from which `finishSweep` goes on.
import { closeSync, existsSync, fsyncSync, openSync, readSync, writeSync } from 'node:fs';
import { isZero, readU16 } from '../../crypto/bytes.ts';
import type { Database } from '../database.ts';
import { emptyLog } from '../profile-files/empty-log.ts';
import { readSweep, removeSweep, sweepPath, writeSweep, type SweptPage } from '../profile-files/sweep-file.ts';
import { StorageError } from '../errors.ts';

const HEADER_BYTES = 100;
const PAGE_SIZE_OFFSET = 16;
const LARGEST_PAGE = 65_536;

/** Offsets in the header of a page. */
const CELLS = 3;
const CONTENT = 5;
/** Kinds of pages that hold cells, with the length of their header. */
const headerBytes: ReadonlyMap<number, number> = new Map([
  [0x02, 12],
  [0x05, 12],
  [0x0a, 8],
  [0x0d, 8],
]);

/**
 * Cleans `pages` pages from number `from`, which counts from 0. No transaction may be open.
 * @returns the number of the next; null: that was the end of the file.
 * @throws StorageError write-failed: nothing of the file is worse than before.
 */
export function sweepPages(database: Database, from: number, pages: number): number | null {
  emptyLog(database);
  // A page that SQLite remembers would bring back what it held.
  database.rows('PRAGMA shrink_memory');
  try {
    return sweep(database.path, from, pages);
  } catch (error) {
    throw new StorageError('write-failed', 'pages could not be overwritten', error);
  }
}

/** Goes on with what a crash interrupted; before the database is opened. @throws what the file system says. */
export function finishSweep(path: string): void {
  if (!existsSync(sweepPath(path))) return;
  const pages = readSweep(path);
  if (pages.length > 0) writePages(path, pages);
  removeSweep(path);
}

function sweep(path: string, from: number, pages: number): number | null {
  const { size, bytes } = readPages(path, from, pages);
  const count = Math.floor(bytes.length / size);
  const cleaned = Array.from({ length: count }, (_, index) => index).flatMap((index) => {
    const page = bytes.subarray(index * size, (index + 1) * size);
    return clean(page, from + index === 0 ? HEADER_BYTES : 0) ? [{ number: from + index, bytes: page }] : [];
  });
  if (cleaned.length > 0) {
    writeSweep(path, size, cleaned);
    writePages(path, cleaned);
    removeSweep(path);
  }
  return count < pages ? null : from + pages;
}

/** @returns whether there was anything to overwrite. */
function clean(page: Uint8Array, start: number): boolean {
  const header = headerBytes.get(page[start] ?? 0);
  if (header === undefined) return false;
  const begin = start + header + 2 * readU16(page, start + CELLS);
  // 0 stands for 65,536.
  const end = readU16(page, start + CONTENT) || LARGEST_PAGE;
  if (begin > end || end > page.length) return false;
  const gap = page.subarray(begin, end);
  if (isZero(gap)) return false;
  gap.fill(0);
  return true;
}

function readPages(path: string, from: number, pages: number): { size: number; bytes: Uint8Array } {
  const handle = openSync(path, 'r');
  try {
    const header = new Uint8Array(HEADER_BYTES);
    readSync(handle, header, 0, HEADER_BYTES, 0);
    const said = readU16(header, PAGE_SIZE_OFFSET);
    const size = said === 1 ? LARGEST_PAGE : said;
    const bytes = new Uint8Array(size * pages);
    return { size, bytes: bytes.subarray(0, readSync(handle, bytes, 0, bytes.length, from * size)) };
  } finally {
    closeSync(handle);
  }
}

function writePages(path: string, pages: readonly SweptPage[]): void {
  const handle = openSync(path, 'r+');
  try {
    for (const { number, bytes } of pages) writeSync(handle, bytes, 0, bytes.length, number * bytes.length);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
