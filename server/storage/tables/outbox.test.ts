import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  contactRecord,
  deviceOf,
  idOf,
  outboxFacts,
  tempStore,
  type TempStore,
} from '../../testing/disk/temp-store.ts';
import type { OutboxRow } from './outbox.ts';
import type { Store } from '../profile-store.ts';

const CONTACT = idOf(1);

let temp: TempStore;
let store: Store;

beforeEach(async () => {
  temp = tempStore();
  store = await temp.create();
  await store.journal.write(() => {
    for (const number of [1, 2]) store.contacts.put(contactRecord(number));
  });
});
afterEach(() => temp.remove());

function row(number: number, changes: Partial<OutboxRow> = {}): OutboxRow {
  const envelope = new Uint8Array(100).fill(number);
  const facts = outboxFacts({ contact: CONTACT, id: idOf(number), seq: number + 100, position: number, hidden: false });
  return { ...facts, session: idOf(77), envelope, ...changes };
}

test('what waits comes in order, behind a given place, up to a limit', async () => {
  await store.journal.write(() => {
    for (const number of [3, 1, 2, 5, 4]) store.outbox.add(row(number));
    store.outbox.add(row(9, { contact: idOf(2) }));
  });
  store = await temp.reopen();
  expect(store.outbox.pending(deviceOf(CONTACT), 0, 50)).toEqual([1, 2, 3, 4, 5].map((number) => row(number)));
  expect(store.outbox.pending(deviceOf(CONTACT), 2, 2)).toEqual([row(3), row(4)]);
  expect(store.outbox.pending(deviceOf(CONTACT), 5, 50)).toEqual([]);
  expect(store.outbox.get(deviceOf(CONTACT), 3)).toEqual(row(3));
  expect(store.outbox.get(deviceOf(CONTACT), 9)).toBeNull();
});

test('a row may wait for its envelope', async () => {
  const waiting = row(1, { session: null, envelope: null });
  await store.journal.write(() => store.outbox.add(waiting));
  expect(store.outbox.pending(deviceOf(CONTACT), 0, 50)).toEqual([waiting]);
  await store.journal.write(() => store.outbox.replace(row(1, { session: idOf(78), envelope: new Uint8Array(5) })));
  expect(store.outbox.get(deviceOf(CONTACT), 1)).toEqual(row(1, { session: idOf(78), envelope: new Uint8Array(5) }));
});

test('replacing one that was acknowledged meanwhile does nothing', async () => {
  expect(await store.journal.write(() => store.outbox.replace(row(1)))).toBe(false);
  expect(store.outbox.total()).toBe(0);
});

test('hidden ones wait like the others, and are not counted', async () => {
  await store.journal.write(() => {
    store.outbox.add(row(1));
    store.outbox.add(row(2, { hidden: true }));
  });
  store = await temp.reopen();
  expect(store.outbox.pending(deviceOf(CONTACT), 0, 50)).toEqual([row(1), row(2, { hidden: true })]);
  expect([store.outbox.count(CONTACT), store.outbox.total()]).toEqual([1, 1]);
  await store.journal.write(() => {
    store.outbox.replace(row(2, { hidden: true, envelope: new Uint8Array(5) }));
    store.outbox.remove(row(2, { hidden: true }));
  });
  expect(store.outbox.count(CONTACT)).toBe(1);
  await store.journal.write(() => store.outbox.replace(row(1, { hidden: true })));
  expect(store.outbox.count(CONTACT)).toBe(0);
  expect(await store.journal.write(() => store.outbox.remove(row(1)))).toBe(false);
  expect(store.outbox.pending(deviceOf(CONTACT), 0, 50)).toEqual([row(1, { hidden: true })]);
});

test('removing says whether there was something, and the counts follow', async () => {
  await store.journal.write(() => {
    for (const number of [1, 2, 3]) store.outbox.add(row(number));
    store.outbox.add(row(9, { contact: idOf(2) }));
  });
  expect([store.outbox.count(CONTACT), store.outbox.count(idOf(2)), store.outbox.total()]).toEqual([3, 1, 4]);
  const removed = await store.journal.write(() => [1, 1, 8].map((number) => store.outbox.remove(row(number))));
  expect(removed).toEqual([true, false, false]);
  expect([store.outbox.count(CONTACT), store.outbox.count(idOf(3)), store.outbox.total()]).toEqual([2, 0, 3]);
  store = await temp.reopen();
  expect([store.outbox.count(CONTACT), store.outbox.total()]).toEqual([2, 3]);
});

test('counts are rolled back with what they count', async () => {
  const failed = store.journal.write(() => {
    store.outbox.add(row(1));
    throw new Error('a bug');
  });
  await expect(failed).rejects.toThrow();
  expect(store.outbox.total()).toBe(0);
});
