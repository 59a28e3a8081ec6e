// The file beside the database that pages stand in on their way to it (`sealing/page-sweep.ts`): a write that the power
// cut short is made good from it, so what it holds counts before what the database has.
import { createHash } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { concat, equal, readU32, u32 } from '../../crypto/bytes.ts';
import { syncFolder } from '../database.ts';

const HASH_BYTES = 32;
const NUMBER_BYTES = 4;

export interface SweptPage {
  /** From 0. */
  readonly number: number;
  readonly bytes: Uint8Array;
}

/** Writes pages of `size` bytes beside the database at `path`, durably. @throws what the file system says. */
export function writeSweep(path: string, size: number, pages: readonly SweptPage[]): void {
  const body = concat(u32(size), ...pages.flatMap(({ number, bytes }) => [u32(number), bytes]));
  const bytes = concat(hash(body), body);
  const handle = openSync(sweepPath(path), 'w', 0o600);
  try {
    if (writeSync(handle, bytes, 0, bytes.length, 0) !== bytes.length) throw new Error('the disk took a part only');
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  syncFolder(dirname(path));
}

/** @returns the pages that stand beside the database at `path`; none when there is no such file, or only a part of one. */
export function readSweep(path: string): SweptPage[] {
  if (!existsSync(sweepPath(path))) return [];
  const bytes = readFileSync(sweepPath(path));
  const body = bytes.subarray(HASH_BYTES);
  if (body.length < NUMBER_BYTES || !equal(bytes.subarray(0, HASH_BYTES), hash(body))) return [];
  const size = readU32(body, 0);
  const pages: SweptPage[] = [];
  for (let at = NUMBER_BYTES; at + NUMBER_BYTES + size <= body.length; at += NUMBER_BYTES + size) {
    const start = at + NUMBER_BYTES;
    pages.push({ number: readU32(body, at), bytes: body.subarray(start, start + size) });
  }
  return pages;
}

/** Forgets it, durably. */
export function removeSweep(path: string): void {
  rmSync(sweepPath(path), { force: true });
  syncFolder(dirname(path));
}

export function sweepPath(path: string): string {
  return `${path}-sweep`;
}

function hash(bytes: Uint8Array): Uint8Array {
  return createHash('sha256').update(bytes).digest();
}
