import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { choosePrimitives } from '../../crypto/choose.ts';
import { newSealedPlace, SEALED_CHUNK_BYTES, SealedFile, withRun, type SealedPlace } from './sealed-file.ts';

const primitives = choosePrimitives(undefined);
const random = (length: number): Uint8Array => primitives.random(length);
const size = 3 * SEALED_CHUNK_BYTES + 100;
const bytes = randomBytes(size);

let folder: string;
let path: string;
let place: SealedPlace;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'loom-sealed-'));
  path = join(folder, 'sealed');
  place = withRun(newSealedPlace(random), 0, random);
});
afterEach(() => rmSync(folder, { recursive: true }));

const openAt = (mode: 'read' | 'write', at = place): Promise<SealedFile> =>
  SealedFile.open({ primitives, path, place: at, size }, mode);

async function write(at: SealedPlace, from: number, text: Uint8Array): Promise<void> {
  const file = await openAt('write', at);
  await file.write(from, text);
  await file.close();
}

async function read(position: number, length: number, at = place): Promise<Uint8Array> {
  const file = await openAt('read', at);
  try {
    return await file.read(position, length);
  } finally {
    await file.close();
  }
}

test.each([
  [0, size],
  [0, 1],
  [SEALED_CHUNK_BYTES - 1, 2],
  [SEALED_CHUNK_BYTES, SEALED_CHUNK_BYTES],
  [size - 1, 1],
  [size - 1, 100],
  [size, 1],
])('gives back from %i on, %i bytes', async (position, length) => {
  await write(place, 0, bytes);
  expect(Buffer.from(await read(position, length)).equals(bytes.subarray(position, position + length))).toBe(true);
});

test('a run that begins anew seals under another key, and what stands before it opens still', async () => {
  await write(place, 0, bytes.subarray(0, 2 * SEALED_CHUNK_BYTES));
  const first = readFileSync(path);
  const again = withRun(place, SEALED_CHUNK_BYTES, random);
  await write(again, SEALED_CHUNK_BYTES, bytes.subarray(SEALED_CHUNK_BYTES));
  const second = readFileSync(path);
  const sealed = SEALED_CHUNK_BYTES + 16;
  expect(second.subarray(0, sealed).equals(first.subarray(0, sealed))).toBe(true);
  expect(second.subarray(sealed, 2 * sealed).equals(first.subarray(sealed, 2 * sealed))).toBe(false);
  expect(Buffer.from(await read(0, size, again)).equals(bytes)).toBe(true);
});

test('runs that wrote nothing that counts are left out', () => {
  let runs = withRun(place, 0, random);
  for (let n = 0; n < 5; n += 1) runs = withRun(runs, SEALED_CHUNK_BYTES, random);
  expect(runs.runs.map(({ first }) => first)).toEqual([0, 1]);
});

test('no byte of it can be changed, moved, cut off or put in from another file', async () => {
  await write(place, 0, bytes);
  const good = readFileSync(path);
  const sealed = SEALED_CHUNK_BYTES + 16;
  const flipped = Buffer.from(good);
  flipped[sealed + 5]! ^= 1;
  const swapped = Buffer.concat([
    good.subarray(sealed, 2 * sealed),
    good.subarray(0, sealed),
    good.subarray(2 * sealed),
  ]);
  for (const bad of [flipped, swapped]) {
    writeFileSync(path, bad);
    await expect(read(0, size)).rejects.toMatchObject({ code: 'damaged' });
  }
  writeFileSync(path, good);
  truncateSync(path, good.length - 1);
  await expect(read(0, size)).rejects.toMatchObject({ code: 'damaged' });
  // Cut at a chunk, and said to be that long: its last chunk was not sealed as the last.
  truncateSync(path, 3 * sealed);
  const short = await SealedFile.open({ primitives, path, place, size: 3 * SEALED_CHUNK_BYTES }, 'read');
  await expect(short.read(0, size)).rejects.toMatchObject({ code: 'damaged' });
  await short.close();
  const other = { ...withRun(newSealedPlace(random), 0, random), key: place.key, runs: place.runs };
  writeFileSync(path, good);
  await expect(read(0, size, other)).rejects.toMatchObject({ code: 'damaged' });
});
