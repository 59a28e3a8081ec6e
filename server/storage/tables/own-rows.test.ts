// What belongs to a conversation here alone: drafts and marks.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { NO_MARKS } from '../../contract/marks.ts';
import { contactRecord, idOf, tempStore, type TempStore } from '../../testing/disk/temp-store.ts';
import { Database } from '../database.ts';
import type { Store } from '../profile-store.ts';
import { directConversation } from '../rows/conversation-rowids.ts';

const [ANN, BEN, NOTES] = [directConversation(idOf(1)), directConversation(idOf(2)), idOf(9)];
const MARKS = { pinnedAt: 7, muted: { until: null }, archived: true, unread: true };

let temp: TempStore;
let store: Store;

beforeEach(async () => {
  temp = tempStore();
  store = await temp.create();
  await write(() => {
    for (const number of [1, 2]) store.contacts.put(contactRecord(number));
    store.conversations.addNotes(NOTES);
    for (const conversation of [ANN, BEN, NOTES]) store.drafts.put(conversation, `to ${conversation}`);
    store.marks.put(ANN, MARKS);
    store.marks.put(NOTES, { ...NO_MARKS, muted: { until: 8 } });
  });
});
afterEach(() => temp.remove());

function write(work: () => void): Promise<void> {
  return store.journal.write(work);
}

/** What stands sealed on disk, a piece of each behind its nonce. */
function traces(table: 'draft' | 'mark'): Buffer[] {
  store.close();
  const database = new Database(temp.path);
  const rows = database.rows(`SELECT body FROM ${table}`);
  database.close();
  return rows.map((row) => Buffer.from(row.bytes('body').subarray(29, 61)));
}

function isAnywhere(trace: Buffer): boolean {
  const names = readdirSync(temp.folder).filter((name) => !name.endsWith('.lock'));
  return names.some((name) => readFileSync(join(temp.folder, name)).includes(trace));
}

test('is kept for each conversation, and gone when there is nothing more to keep', async () => {
  store = await temp.reopen();
  expect(store.drafts.list()).toEqual(
    [ANN, BEN, NOTES].map((conversation) => ({ conversation, body: `to ${conversation}` })),
  );
  expect(store.marks.list()).toEqual([
    [ANN, MARKS],
    [NOTES, { ...NO_MARKS, muted: { until: 8 } }],
  ]);
  await write(() => {
    for (const conversation of [ANN, NOTES]) store.drafts.put(conversation, '');
    store.marks.put(ANN, NO_MARKS);
  });
  expect(store.drafts.list().map(({ conversation }) => conversation)).toEqual([BEN]);
  expect(store.marks.list().map(([conversation]) => conversation)).toEqual([NOTES]);
});

test('leaves no byte of what it was, changed, cleared or with a contact that is removed', async () => {
  const before = [...traces('draft'), ...traces('mark')];
  expect(before).toHaveLength(5);
  store = await temp.open();
  await write(() => {
    store.drafts.put(BEN, 'another');
    store.drafts.put(NOTES, '');
    store.marks.put(NOTES, NO_MARKS);
    store.contacts.remove(idOf(1));
  });
  expect(before.map(isAnywhere)).toEqual([false, false, false, false, false]);
  expect(store.drafts.list()).toEqual([{ conversation: BEN, body: 'another' }]);
  expect(store.marks.list()).toEqual([]);
  expect(temp.damaged).toEqual([]);
});

test('put in the place of another it does not open, and hides no other', async () => {
  store.close();
  const database = new Database(temp.path);
  database.transaction(() => {
    const [first] = database.rows('SELECT body FROM draft ORDER BY conversation');
    database.change('UPDATE draft SET body = ? WHERE conversation = 2', first!.bytes('body'));
  });
  database.close();
  store = await temp.open();
  expect(store.drafts.list().map(({ conversation }) => conversation)).toEqual([ANN, NOTES]);
  expect(temp.damaged).toMatchObject([{ table: 'draft' }]);
});
