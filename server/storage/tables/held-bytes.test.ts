// What a contact's messages take is known exactly, however they come and go.
import { directConversation } from '../rows/conversation-rowids.ts';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { contactRecord, idOf, newMessage, tempStore, refOf } from '../../testing/disk/temp-store.ts';
import { Database } from '../database.ts';
import type { Store } from '../profile-store.ts';

const [ANN, BEN] = [idOf(1), idOf(2)];
let temp: ReturnType<typeof tempStore>;
let store: Store;

beforeEach(async () => {
  temp = tempStore();
  store = await temp.create();
  await store.journal.write(() => {
    store.contacts.put(contactRecord(1));
    store.contacts.put(contactRecord(2));
  });
});
afterEach(() => temp.remove());

const counted = (contact = ANN): number[] => [
  store.messages.heldBytes(contact),
  store.messages.unreadBytes(directConversation(contact)),
];

/** The same, by the rows themselves. */
async function onDisk(): Promise<number[][]> {
  store.close();
  const database = new Database(temp.path);
  const sql = `
    SELECT coalesce(sum(length(body)), 0) AS held, coalesce(sum(length(body) * (state = 3)), 0) AS unread
    FROM message WHERE conversation = ? AND author <> 0 AND state <> 5`;
  const rows = [1, 2].map((number) => database.row(sql, number)!);
  database.close();
  store = await temp.open();
  return rows.map((row) => [row.number('held'), row.number('unread')]);
}

test('theirs count with their sealed size, ours and hidden ones do not', async () => {
  await store.journal.write(() => {
    store.messages.append(newMessage(ANN, 1, { content: new Uint8Array(5000) }));
    store.messages.append(newMessage(ANN, 2, { state: 'read' }));
    store.messages.append(newMessage(ANN, 3, { state: 'hidden' }));
    store.messages.append(newMessage(ANN, 4, { direction: 'out', state: 'queued' }));
    store.messages.insertLate(newMessage(BEN, 5));
  });
  const [ann, ben] = [counted(ANN), counted(BEN)];
  expect(ann[0]).toBeGreaterThan(ann[1]!);
  expect(ann[1]).toBeGreaterThan(5000);
  expect(await onDisk()).toEqual([ann, ben]);
  expect([counted(ANN), counted(BEN)]).toEqual([ann, ben]);
});

test('what is read is unread no more, what is deleted is neither, and what was undone never was', async () => {
  await store.journal.write(() => {
    for (const number of [1, 2, 3]) store.messages.append(newMessage(ANN, number));
  });
  const [held, unread] = counted();
  expect(held).toBe(unread);
  const undone = store.journal.write(() => {
    store.messages.append(newMessage(ANN, 4));
    throw new Error('undone');
  });
  await expect(undone).rejects.toThrow('undone');
  expect(counted()).toEqual([held, unread]);
  await store.journal.write(() => store.messages.erase(refOf(ANN, 'in', idOf(1))));
  expect(counted()).toEqual([(held! * 2) / 3, (held! * 2) / 3]);
  await store.journal.write(() => store.messages.markRead(directConversation(ANN), 9));
  expect(counted()).toEqual([(held! * 2) / 3, 0]);
  await store.journal.write(() => store.messages.erase(refOf(ANN, 'in', idOf(2))));
  expect(counted()).toEqual([held! / 3, 0]);
  expect((await onDisk())[0]).toEqual(counted());
});

test('a work that is undone costs what came before it in the same turn nothing', async () => {
  const works = [
    store.journal.write(() => store.messages.append(newMessage(ANN, 1))),
    store.journal.write(() => {
      store.messages.append(newMessage(ANN, 2));
      throw new Error('undone');
    }),
    store.journal.write(() => store.messages.append(newMessage(ANN, 3))),
  ];
  await Promise.allSettled(works);
  expect((await onDisk())[0]).toEqual(counted());
  expect(store.messages.unread(directConversation(ANN))).toBe(2);
});

test('rows are marked as read in pieces, and what comes later stays unread', async () => {
  await store.journal.write(() => {
    for (let number = 1; number <= 5; number += 1) store.messages.append(newMessage(ANN, number));
  });
  const until = store.messages.newestRow();
  await store.journal.write(() => store.messages.append(newMessage(ANN, 6)));
  const piece = (after: number, maxBytes = Infinity): number | null =>
    store.messages.unreadUpTo(directConversation(ANN), { after, until }, 2, maxBytes);
  expect(piece(0, 0)).toBeLessThan(piece(0)!);
  const ends = [0, piece(0)!];
  ends.push(piece(ends[1]!)!);
  expect(piece(piece(ends[2]!)!)).toBeNull();
  expect(await store.journal.write(() => store.messages.markRead(directConversation(ANN), 9, ends[1]))).toBe(2);
  expect(await store.journal.write(() => store.messages.markRead(directConversation(ANN), 9, until))).toBe(3);
  expect(store.messages.unread(directConversation(ANN))).toBe(1);
});

test('large ones are deleted few at a time', async () => {
  const content = new Uint8Array(100_000);
  await store.journal.write(() => {
    for (let number = 1; number <= 10; number += 1) store.messages.append(newMessage(ANN, number, { content }));
  });
  const until = store.messages.newestRow();
  expect(store.messages.shown(directConversation(ANN), until, 250, 250_000)).toHaveLength(3);
  expect(store.messages.shown(directConversation(ANN), until, 250, 1_000_000)).toHaveLength(10);
  await store.journal.write(() => store.contacts.remove(ANN));
  const pieces: boolean[] = [];
  do pieces.push(await store.journal.write(() => store.contacts.purgeRemoved(ANN, 250, 250_000)));
  while (pieces.at(-1));
  expect(pieces).toEqual([true, true, true, false]);
});
