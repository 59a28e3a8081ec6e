// What SQLite's write-ahead log says of the first page, read without SQLite and without touching it
// (https://www.sqlite.org/fileformat2.html §4). A frame counts when its checksum goes on from the one before and a commit
// follows: whatever stands behind is half written, or from an earlier round of the log.
import { closeSync, existsSync, openSync, readSync } from 'node:fs';
import { readU32 } from '../../crypto/bytes.ts';

const LOG_HEADER_BYTES = 32;
const PAGE_SIZE_OFFSET = 8;
const SALT_OFFSET = 16;
const LOG_CHECKSUM_OFFSET = 24;

const FRAME_HEADER_BYTES = 24;
const COMMIT_OFFSET = 4;
const FRAME_SALT_OFFSET = 8;
const FRAME_CHECKSUM_OFFSET = 16;

/** The lowest bit of the magic number says in which order the checksum takes bytes. */
const MAGIC = 0x377f0682;
const LARGEST_PAGE = 65_536;

type Checksum = readonly [number, number];

/** @returns the first page as the last commit in the log at `path` has it; null when none has it, or there is no log. */
export function loggedFirstPage(path: string): Uint8Array | null {
  if (!existsSync(path)) return null;
  const handle = openSync(path, 'r');
  try {
    return firstPage(handle);
  } finally {
    closeSync(handle);
  }
}

function firstPage(handle: number): Uint8Array | null {
  const log = read(handle, 0, LOG_HEADER_BYTES);
  if (log.length < LOG_HEADER_BYTES || (readU32(log, 0) & ~1) !== MAGIC) return null;
  const little = (readU32(log, 0) & 1) === 0;
  let checksum = advance([0, 0], log.subarray(0, LOG_CHECKSUM_OFFSET), little);
  if (!matches(checksum, log, LOG_CHECKSUM_OFFSET)) return null;
  const pageBytes = readU32(log, PAGE_SIZE_OFFSET);
  if (pageBytes > LARGEST_PAGE) return null;

  let committed: Uint8Array | null = null;
  let written: Uint8Array | null = null;
  for (let at = LOG_HEADER_BYTES; ; at += FRAME_HEADER_BYTES + pageBytes) {
    const frame = read(handle, at, FRAME_HEADER_BYTES + pageBytes);
    if (frame.length < FRAME_HEADER_BYTES + pageBytes || !sameSalts(log, frame)) return committed;
    const page = frame.subarray(FRAME_HEADER_BYTES);
    checksum = advance(advance(checksum, frame.subarray(0, FRAME_SALT_OFFSET), little), page, little);
    if (!matches(checksum, frame, FRAME_CHECKSUM_OFFSET)) return committed;
    if (readU32(frame, 0) === 1) written = page;
    if (readU32(frame, COMMIT_OFFSET) !== 0) committed = written;
  }
}

/** §4.2: over pairs of words. */
function advance([first, second]: Checksum, bytes: Uint8Array, little: boolean): Checksum {
  const words = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let at = 0; at < bytes.length; at += 8) {
    first = (first + words.getUint32(at, little) + second) >>> 0;
    second = (second + words.getUint32(at + 4, little) + first) >>> 0;
  }
  return [first, second];
}

function matches([first, second]: Checksum, bytes: Uint8Array, at: number): boolean {
  return readU32(bytes, at) === first && readU32(bytes, at + 4) === second;
}

function sameSalts(log: Uint8Array, frame: Uint8Array): boolean {
  return [0, 4].every((at) => readU32(log, SALT_OFFSET + at) === readU32(frame, FRAME_SALT_OFFSET + at));
}

function read(handle: number, offset: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  return bytes.subarray(0, readSync(handle, bytes, 0, length, offset));
}
