import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Store } from '../../storage/profile-store.ts';
import { HASHES_PER_PAGE } from '../../storage/tables/transfers.ts';
import {
  contactRecord,
  idOf,
  newTransfer,
  primitives,
  tempStore,
  type TempStore,
} from '../../testing/disk/temp-store.ts';
import { BlockHashes } from './block-hashes.ts';

const CONTACT = idOf(1);
const transfer = newTransfer(CONTACT, 1);
const { message } = transfer;

let place: TempStore;
let store: Store;

beforeEach(async () => {
  place = tempStore();
  store = await place.create();
  await store.journal.write(() => {
    store.contacts.put(contactRecord(1));
    store.transfers.put(transfer);
  });
});
afterEach(() => place.remove());

test('hashes of more blocks than a page holds come back, as many as are asked for', async () => {
  const hashes = BlockHashes.none();
  const all = Array.from({ length: HASHES_PER_PAGE + 2 }, () => primitives.random(32));
  const put = vi.spyOn(store.transfers, 'putHashes');
  for (const hash of all.slice(0, HASHES_PER_PAGE + 1)) hashes.push(hash);
  await store.journal.write(() => hashes.save(store.transfers, message));
  hashes.push(all.at(-1)!);
  await store.journal.write(() => hashes.save(store.transfers, message));
  // The first page is full, and was written already.
  expect(put.mock.calls.map(([, page]) => page)).toEqual([0, 1, 1]);
  for (const blocks of [HASHES_PER_PAGE - 1, HASHES_PER_PAGE, HASHES_PER_PAGE + 1, HASHES_PER_PAGE + 2]) {
    const loaded = BlockHashes.load(store.transfers, message, blocks);
    expect(loaded.count).toBe(blocks);
    expect(Buffer.from(loaded.all())).toEqual(Buffer.concat(all.slice(0, blocks)));
    expect(Buffer.from(loaded.of(blocks - 1))).toEqual(Buffer.from(all[blocks - 1]!));
    expect(() => loaded.of(blocks)).toThrow();
  }
});
