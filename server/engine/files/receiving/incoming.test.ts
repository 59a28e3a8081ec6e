// What comes in faster than it is written: who sends it waits, and goes on.
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { choosePrimitives } from '../../../crypto/choose.ts';
import { FILE_BLOCK_BYTES } from '../../../protocol/files/limits.ts';
import { newSealedPlace, SealedFile, withRun } from '../../../storage/files/sealed-file.ts';
import { FakeClock } from '../../../testing/fake-clock.ts';
import { BlockHashes } from '../block-hashes.ts';
import { BLOCKS_WAITING, CHECKPOINT_BYTES, CHECKPOINT_MS, Incoming } from './incoming.ts';

const primitives = choosePrimitives(undefined);
const block = randomBytes(FILE_BLOCK_BYTES);

let folder: string;
let clock: FakeClock;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'loom-incoming-'));
  clock = new FakeClock();
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

interface Scene {
  readonly incoming: Incoming;
  readonly file: SealedFile;
  /** Positions that were told to be. */
  readonly durable: readonly number[];
  readonly failures: readonly unknown[];
}

async function incomingOf(blocks: number): Promise<Scene> {
  const random = (length: number): Uint8Array => primitives.random(length);
  const place = withRun(newSealedPlace(random), 0, random);
  const size = blocks * FILE_BLOCK_BYTES;
  const file = await SealedFile.open({ primitives, path: join(folder, 'sealed'), place, size }, 'write');
  const durable: number[] = [];
  const failures: unknown[] = [];
  const incoming = new Incoming({
    ...{ primitives, clock, file, size, from: 0, hashes: BlockHashes.none() },
    store: () => Promise.resolve(true),
    listener: {
      onDurable: (position) => durable.push(position),
      onFailure: (error) => failures.push(error),
    },
    onClosed: () => undefined,
  });
  return { incoming, file, durable, failures };
}

test('all who wait for room go on, when there is some', async () => {
  const { incoming } = await incomingOf(BLOCKS_WAITING + 2);
  for (let n = 1; n < BLOCKS_WAITING; n += 1) expect([incoming.take(block), incoming.room()]).toEqual([true, null]);
  // What was read already still comes after the link is held.
  const waits: unknown[] = [];
  for (let n = 0; n < 2; n += 1) {
    incoming.take(block);
    waits.push(incoming.room());
  }
  expect(waits).not.toContain(null);
  await Promise.all(waits);
  await incoming.close();
});

test('all who wait go on when it cannot be written', async () => {
  const { incoming, file, failures } = await incomingOf(BLOCKS_WAITING + 1);
  const error = Object.assign(new Error('EIO'), { code: 'EIO', syscall: 'write' });
  vi.spyOn(file, 'write').mockRejectedValue(error);
  for (let n = 0; n < BLOCKS_WAITING; n += 1) incoming.take(block);
  await Promise.all([incoming.room(), incoming.room()]);
  expect(failures).toEqual([error]);
  expect(incoming.take(block)).toBe(false);
  await incoming.close();
});

/** Takes so many blocks, and waits until they are written. */
async function take(incoming: Incoming, file: SealedFile, blocks: number): Promise<void> {
  const written = vi.spyOn(file, 'write');
  const before = written.mock.settledResults.length;
  for (let n = 1; n <= blocks; n += 1) {
    incoming.take(block);
    await vi.waitFor(() => expect(written.mock.settledResults.length).toBe(before + n));
    await vi.waitFor(() => expect(written.mock.settledResults.at(-1)?.type).toBe('fulfilled'), { interval: 1 });
  }
}

test('is durable after so many bytes, and not one block before', async () => {
  const blocks = CHECKPOINT_BYTES / FILE_BLOCK_BYTES;
  const { incoming, file, durable } = await incomingOf(blocks + 2);
  await take(incoming, file, blocks);
  await vi.waitFor(() => expect(durable).toEqual([CHECKPOINT_BYTES]));
  await take(incoming, file, 1);
  expect(durable).toEqual([CHECKPOINT_BYTES]);
  await incoming.close();
  expect(durable).toEqual([CHECKPOINT_BYTES, CHECKPOINT_BYTES + FILE_BLOCK_BYTES]);
});

test('is durable after so long, and not before', async () => {
  const { incoming, file, durable } = await incomingOf(4);
  clock.advance(CHECKPOINT_MS - 1);
  await take(incoming, file, 2);
  expect(durable).toEqual([]);
  clock.advance(1);
  await take(incoming, file, 1);
  await vi.waitFor(() => expect(durable).toEqual([3 * FILE_BLOCK_BYTES]));
  await incoming.close();
});
