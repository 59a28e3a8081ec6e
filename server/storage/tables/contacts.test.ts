import { directConversation } from '../rows/conversation-rowids.ts';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  contactRecord,
  deviceOf,
  idOf,
  newMessage,
  outboxFacts,
  plain,
  tempStore,
  type TempStore,
} from '../../testing/disk/temp-store.ts';
import { Database } from '../database.ts';
import type { Store } from '../profile-store.ts';

let temp: TempStore;
let store: Store;

beforeEach(async () => {
  temp = tempStore();
  store = await temp.create();
});
afterEach(() => temp.remove());

function write<T>(work: () => T): Promise<T> {
  return store.journal.write(work);
}

test('contacts come back as they were put, in the order they were added', async () => {
  const rich = contactRecord(3, {
    name: 'Zoë 👋\u0000 end',
    verified: true,
    blocked: true,
    lastSeen: Number.MAX_SAFE_INTEGER,
    device: 0xffffffff,
    generation: 7,
    presenceKey: null,
    outSeq: 2 ** 40,
    inSeq: Number.MAX_SAFE_INTEGER,
    addresses: [
      { address: '[fe80::1%eth0]:4040', source: 'link', at: 1 },
      { address: '10.0.0.1:1', source: 'request', at: 2 },
    ],
  });
  await write(() => {
    for (const record of [rich, contactRecord(1), contactRecord(2)]) store.contacts.put(record);
  });
  store = await temp.reopen();
  expect(store.contacts.list().map(plain)).toEqual([rich, contactRecord(1), contactRecord(2)]);
  expect(store.contacts.get(idOf(4))).toBeNull();
  expect(plain(store.contacts.get(rich.id)!)).toEqual(rich);
});

test('a contact is found by its identity key', async () => {
  await write(() => {
    for (const number of [1, 2, 3]) store.contacts.put(contactRecord(number));
  });
  expect(store.contacts.byIdentity(contactRecord(2).ik)?.id).toBe(idOf(2));
  expect(store.contacts.byIdentity(contactRecord(4).ik)).toBeNull();
});

test('a second contact with the same identity key is refused', async () => {
  await write(() => store.contacts.put(contactRecord(1)));
  const twin = write(() => store.contacts.put(contactRecord(2, { ik: contactRecord(1).ik })));
  await expect(twin).rejects.toMatchObject({ code: 'write-failed' });
  expect(store.contacts.list()).toHaveLength(1);
});

test('putting again replaces the record and keeps its place, its messages and its tallies', async () => {
  await write(() => {
    store.contacts.put(contactRecord(1));
    store.contacts.put(contactRecord(2));
    store.messages.append(newMessage(idOf(1), 1));
    store.outbox.add({
      ...outboxFacts({
        contact: idOf(1),
        id: idOf(5),
        seq: 5,
        position: 2,
        hidden: false,
      }),
      session: null,
      envelope: null,
    });
    store.contacts.put(contactRecord(1, { name: 'New name', outSeq: 5 }));
  });
  expect(store.contacts.list().map(({ name }) => name)).toEqual(['New name', 'Contact 2']);
  expect(store.contacts.get(idOf(1))?.outSeq).toBe(5);
  expect([store.messages.unread(directConversation(idOf(1))), store.outbox.count(idOf(1))]).toEqual([1, 1]);
});

test('the counters are set alone', async () => {
  await write(() => {
    store.contacts.put(contactRecord(1));
    store.contacts.setOutSeq(idOf(1), 12);
    store.contacts.setInSeq(idOf(1), 2 ** 45);
  });
  store = await temp.reopen();
  expect(plain(store.contacts.get(idOf(1))!)).toEqual(contactRecord(1, { outSeq: 12, inSeq: 2 ** 45 }));
});

test('secrets of a contact do not print', async () => {
  await write(() => store.contacts.put(contactRecord(1)));
  expect(JSON.stringify(store.contacts.get(idOf(1))?.presenceKey)).toBe('"[redacted]"');
});

test('removing takes messages, outbox and sessions along, and leaves the others alone', async () => {
  await write(() => {
    for (const contact of [1, 2]) {
      store.contacts.put(contactRecord(contact));
      for (const seq of [1, 2, 3]) store.messages.append(newMessage(idOf(contact), seq));
      const facts = outboxFacts({ contact: idOf(contact), id: idOf(1), seq: 1, position: 1, hidden: false });
      store.outbox.add({ ...facts, session: null, envelope: null });
      store.sessions.save(idOf(contact), 0, { id: idOf(8), role: 'current', since: 1, state: new Uint8Array(9) });
    }
  });
  await write(() => {
    store.contacts.remove(idOf(1));
    expect(store.contacts.purgeRemoved(idOf(1), 5, Infinity)).toBe(false);
  });
  expect(store.contacts.list().map(({ id }) => id)).toEqual([idOf(2)]);
  expect(store.messages.page(directConversation(idOf(1)), null, 50, Infinity)).toEqual({ messages: [], more: false });
  expect(store.outbox.pending(deviceOf(idOf(1)), 0, 50)).toEqual([]);
  expect(store.sessions.load(idOf(1), 0)).toEqual([]);
  expect([
    store.messages.unread(directConversation(idOf(1))),
    store.outbox.count(idOf(1)),
    store.outbox.total(),
  ]).toEqual([0, 0, 1]);
  expect(store.messages.page(directConversation(idOf(2)), null, 50, Infinity).messages).toHaveLength(3);
  expect(store.sessions.load(idOf(2), 0)).toHaveLength(1);
  // The same contact may come back, with nothing of before.
  await write(() => store.contacts.put(contactRecord(1)));
  expect(store.messages.last(directConversation(idOf(1)))).toBeNull();
});

test('of what was removed no sealed byte is left in any file', async () => {
  await write(() => {
    for (const contact of [1, 2]) {
      store.contacts.put(contactRecord(contact));
      const content = new Uint8Array(9000).fill(contact);
      for (const seq of [1, 2, 3]) store.messages.append(newMessage(idOf(contact), seq, { content }));
      store.sessions.save(idOf(contact), 0, { id: idOf(8), role: 'current', since: 1, state: new Uint8Array(99) });
    }
  });
  store.close();
  const database = new Database(temp.path);
  const sealed = (table: string, where: string): Uint8Array[] =>
    database.rows(`SELECT body FROM ${table} WHERE ${where}`).map((row) => row.bytes('body'));
  const id = `x'${idOf(1)}'`;
  const messages = sealed(
    'message',
    `conversation IN (SELECT conversation.number FROM conversation JOIN contact ON contact.number = contact
    WHERE contact.id = ${id})`,
  );
  const gone = [...sealed('contact', `id = ${id}`), ...messages, ...sealed('session', `contact = ${id}`)];
  database.close();
  expect(gone).toHaveLength(5);
  store = await temp.open();
  // Rewritten before, so that copies stand in the log as well.
  await write(() => store.messages.markRead(directConversation(idOf(1)), 9));
  await write(() => {
    store.contacts.remove(idOf(1));
    store.contacts.purgeRemoved(idOf(1), 5, Infinity);
  });
  // The first bytes behind the nonce: large rows are split over pages.
  const traces = gone.map((body) => Buffer.from(body.subarray(29, 61)));
  for (const name of readdirSync(temp.folder).filter((entry) => !entry.endsWith('.lock'))) {
    const bytes = readFileSync(join(temp.folder, name));
    for (const trace of traces) expect(bytes.includes(trace), name).toBe(false);
  }
});

test('a removed contact is unknown at once, and leaves piece by piece, over any restart', async () => {
  await write(() => {
    store.contacts.put(contactRecord(1));
    for (let seq = 1; seq <= 25; seq += 1) store.messages.append(newMessage(idOf(1), seq));
    for (let seq = 1; seq <= 5; seq += 1)
      store.outbox.add({
        ...outboxFacts({
          contact: idOf(1),
          id: idOf(seq),
          seq,
          position: seq,
          hidden: false,
        }),
        session: null,
        envelope: null,
      });
    store.sessions.save(idOf(1), 0, { id: idOf(8), role: 'current', since: 1, state: new Uint8Array(9) });
  });
  await write(() => store.contacts.remove(idOf(1)));
  const unknown = (): void => {
    expect([store.contacts.list(), store.contacts.get(idOf(1))]).toEqual([[], null]);
    expect(store.contacts.byIdentity(contactRecord(1).ik)).toBeNull();
    expect([store.sessions.load(idOf(1), 0), store.outbox.total()]).toEqual([[], 0]);
    expect(temp.damaged).toEqual([]);
  };
  unknown();
  // Who comes back meanwhile is somebody new.
  await write(() => store.contacts.put(contactRecord(2, { ik: contactRecord(1).ik })));
  expect(store.contacts.byIdentity(contactRecord(1).ik)?.id).toBe(idOf(2));
  await write(() => store.contacts.put(contactRecord(2)));
  const left: boolean[] = [];
  for (let piece = 0; piece < 3; piece += 1) {
    expect(store.contacts.removed()).toEqual([idOf(1)]);
    left.push(await write(() => store.contacts.purgeRemoved(idOf(1), 10, Infinity)));
    store = await temp.reopen();
    await write(() => store.contacts.remove(idOf(2)));
    await write(() => store.contacts.purgeRemoved(idOf(2), 10, Infinity));
    unknown();
  }
  expect(left).toEqual([true, true, true]);
  expect(await write(() => store.contacts.purgeRemoved(idOf(1), 10, Infinity))).toBe(false);
  expect(store.contacts.removed()).toEqual([]);
});
