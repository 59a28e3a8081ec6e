import { directConversation } from './rows/conversation-rowids.ts';
import { closeSync, openSync, renameSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  contactRecord,
  deviceOf,
  idOf,
  newMessage,
  outboxFacts,
  plain,
  refOf,
  tempStore,
  type TempStore,
} from '../testing/disk/temp-store.ts';
import { Database } from './database.ts';
import { migrate } from './migrations.ts';
import type { Row, Value } from './rows/row.ts';

let temp: TempStore;
beforeEach(() => {
  temp = tempStore();
});
afterEach(() => temp.remove());

const [ANN, BEN] = [idOf(1), idOf(2)];

/** The same profile as an earlier Loom had it: contacts by id in every row, and triggers that count. */
function turnBack(): void {
  const now = new Database(temp.path);
  const path = `${temp.path}.before`;
  closeSync(openSync(path, 'wx', 0o600));
  const before = new Database(path);
  migrate(before, 2);
  const numbered = new Map(now.rows('SELECT number, id FROM contact').map((row) => [row.number('number'), row]));
  const contactOf = (row: Row): Uint8Array => numbered.get(row.number('contact'))!.bytes('id');
  const insert = (table: string, columns: Record<string, Value>): void => {
    const names = Object.keys(columns);
    const sql = `INSERT INTO ${table} (${names.join()}) VALUES (${names.map(() => '?').join()})`;
    before.change(sql, ...Object.values(columns));
  };
  before.transaction(() => {
    insert('profile', { one: 1, database: now.row('SELECT * FROM profile')!.bytes('database') });
    for (const row of now.rows('SELECT * FROM contact')) {
      const counters = { out_seq: row.number('out_seq'), in_seq: row.number('in_seq') };
      const sealed = Object.fromEntries(['id', 'identity', 'out_tag', 'in_tag', 'body'].map((c) => [c, row.bytes(c)]));
      insert('contact', { ...sealed, ...counters });
    }
    for (const row of now.rows(
      'SELECT message.*, contact FROM message JOIN conversation ON conversation.number = message.conversation',
    )) {
      const sealed = Object.fromEntries(['id', 'tag', 'body'].map((c) => [c, row.bytes(c)]));
      const clear = { direction: row.number('author') === 0 ? 1 : 0, place: row.number('position') };
      insert('message', {
        contact: contactOf(row),
        ...sealed,
        ...clear,
        seq: row.number('seq'),
        state: row.number('state'),
      });
    }
    for (const row of now.rows('SELECT * FROM outbox')) {
      const clear = { id: row.bytes('id'), place: row.number('position'), hidden: row.number('hidden') };
      insert('outbox', { contact: contactOf(row), ...clear, body: new Uint8Array(300) });
    }
  });
  expect(before.rows('SELECT unread, queued FROM contact').map((row) => row.number('unread'))).toEqual([2, 1]);
  for (const database of [now, before]) database.close();
  renameSync(path, temp.path);
}

test('a profile of an earlier Loom is taken over with every message, and what waits goes on waiting', async () => {
  let store = await temp.create();
  const content = new Uint8Array(9000).fill(7);
  await store.journal.write(() => {
    store.contacts.put(contactRecord(1, { outSeq: 3, inSeq: 4 }));
    store.contacts.put(contactRecord(2));
    for (const seq of [1, 4]) store.messages.append(newMessage(ANN, seq, { missing: seq === 4 ? 2 : 0 }));
    store.messages.append(newMessage(BEN, 1, { content }));
    for (const [seq, state] of [
      [1, 'delivered'],
      [2, 'hidden'],
      [3, 'queued'],
    ] as const) {
      const position = store.messages.append(newMessage(ANN, seq + 10, { seq, direction: 'out', state }));
      const row = outboxFacts({ contact: ANN, id: idOf(seq + 10), seq, position, hidden: state === 'hidden' });
      if (state !== 'delivered') store.outbox.add({ ...row, session: idOf(9), envelope: content });
    }
  });
  const everything = () => ({
    contacts: store.contacts.list().map(plain),
    messages: [ANN, BEN].map((contact) =>
      store.messages.page(directConversation(contact), null, 50, Infinity).messages.map(plain),
    ),
    hidden: plain(store.messages.get(refOf(ANN, 'out', idOf(12)))!),
    waiting: store.outbox.pending(deviceOf(ANN), 0, 50).map((row) => ({ ...row, session: null, envelope: null })),
    counts: [ANN, BEN].map((contact) => [
      store.messages.unread(directConversation(contact)),
      store.outbox.count(contact),
    ]),
    bytes: [ANN, BEN].map((contact) => [
      store.messages.unreadBytes(directConversation(contact)),
      store.messages.heldBytes(contact),
    ]),
  });
  const before = everything();
  expect(before.bytes[1]![1]).toBeGreaterThan(content.length);
  store.close();
  turnBack();
  store = await temp.open();
  expect(everything()).toEqual(before);
  expect(store.outbox.pending(deviceOf(ANN), 0, 50).map(({ envelope }) => envelope)).toEqual([null, null]);
  expect(temp.damaged).toEqual([]);
  await store.journal.write(() => {
    store.messages.append(newMessage(BEN, 2));
    store.contacts.remove(ANN);
    expect(store.contacts.purgeRemoved(ANN, 50, Infinity)).toBe(false);
  });
  expect([store.messages.unread(directConversation(BEN)), store.outbox.total()]).toEqual([2, 0]);
});

test('a profile from before anything disappeared is taken over as it is', async () => {
  let store = await temp.create();
  await store.journal.write(() => {
    store.contacts.put(contactRecord(1));
    for (const seq of [1, 2]) store.messages.append(newMessage(ANN, seq));
  });
  const history = () => store.messages.page(directConversation(ANN), null, 50, Infinity).messages.map(plain);
  const before = history();
  store.close();
  const database = new Database(temp.path);
  database.transaction(() => {
    database.script(`
      DROP TABLE picture; DROP TABLE transfer_hash; DROP TABLE transfer;
      DROP INDEX message_fading; ALTER TABLE message DROP COLUMN fades; DROP TABLE timer; PRAGMA user_version = 8`);
  });
  database.close();
  store = await temp.open();
  expect(history()).toEqual(before);
  expect(store.messages.fading.run(0).messages).toEqual([]);
  expect(store.timers.get(directConversation(ANN))).toEqual({ after: 0, at: 0 });
  await store.journal.write(() => store.timers.put(directConversation(ANN), { after: 60, at: 5 }));
  store.close();
  store = await temp.open();
  expect(store.timers.get(directConversation(ANN))).toEqual({ after: 60, at: 5 });
});

test('a profile from before anybody had a picture is taken over as it is', async () => {
  let store = await temp.create();
  await store.journal.write(() => {
    store.contacts.put(contactRecord(1));
    store.messages.append(newMessage(ANN, 1));
  });
  const all = () => [store.contacts.list().map(plain), store.messages.newestRow()];
  const before = all();
  store.close();
  const database = new Database(temp.path);
  database.transaction(() => database.script('DROP TABLE picture; PRAGMA user_version = 10'));
  database.close();
  store = await temp.open();
  expect(all()).toEqual(before);
  expect(store.pictures.get(ANN)).toBeNull();
  expect(store.outbox.profile(ANN)).toBeNull();
  await store.journal.write(() => store.pictures.put(ANN, Uint8Array.of(1, 2)));
  store.close();
  store = await temp.open();
  expect(store.pictures.get(ANN)).toEqual(Uint8Array.of(1, 2));
});
