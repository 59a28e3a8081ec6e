import { afterEach, beforeEach, expect, test } from 'vitest';
import { contactRecord, idOf, newTransfer, tempStore, type TempStore } from '../../testing/disk/temp-store.ts';
import type { Store } from '../profile-store.ts';
import { directConversation } from '../rows/conversation-rowids.ts';
import type { Transfer } from './transfers.ts';

const [ann, bob] = [idOf(1), idOf(2)];
const all = [1, 2, 3, 4, 5].map((number) => newTransfer(ann, number));

let temp: TempStore;
let store: Store;

beforeEach(async () => {
  temp = tempStore();
  store = await temp.create();
  await store.journal.write(() => {
    for (const number of [1, 2]) store.contacts.put(contactRecord(number));
    for (const transfer of all) store.transfers.put(transfer);
  });
});
afterEach(() => temp.remove());

test('they are looked through page by page', () => {
  const found: Transfer[][] = [];
  for (let after: number | null = 0; after !== null;) {
    const { transfers, last } = store.transfers.page(after, 2);
    found.push([...transfers]);
    after = last;
  }
  expect(found).toEqual([all.slice(0, 2), all.slice(2, 4), all.slice(4), []]);
});

test('of more than are listed, the last ones are', () => {
  expect(store.transfers.latest(undefined, 4)).toEqual(all.slice(1));
  expect(store.transfers.latest(directConversation(ann), 4)).toEqual(all.slice(1));
  expect(store.transfers.latest(directConversation(ann), 5)).toEqual(all);
  expect(store.transfers.latest(directConversation(bob), 5)).toEqual([]);
});
