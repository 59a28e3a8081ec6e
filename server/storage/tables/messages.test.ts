import { anyId } from '../../testing/ids.ts';
import { directConversation } from '../rows/conversation-rowids.ts';
import fc from 'fast-check';
import sqlite from 'node-sqlite3-wasm';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { equal } from '../../crypto/bytes.ts';
import {
  contactRecord,
  deviceOf,
  idOf,
  newMessage,
  outboxFacts,
  refOf,
  tempStore,
  type TempStore,
} from '../../testing/disk/temp-store.ts';
import { Database } from '../database.ts';
import { isOurs, type MessageRecord, type NewMessage, type StoredPage } from './message/message-record.ts';
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

function append(...messages: NewMessage[]): Promise<number[]> {
  return store.journal.write(() => messages.map((message) => store.messages.append(message)));
}

function incoming(...numbers: number[]): NewMessage[] {
  return numbers.map((number) => newMessage(CONTACT, number));
}

function ids(numbers: number[]): string[] {
  return numbers.map(idOf);
}

function pageIds(
  before: number | null,
  limit: number,
  direction: 'in' | 'out' = 'in',
): { ids: string[]; more: boolean } {
  const ref = before === null ? null : refOf(CONTACT, direction, idOf(before));
  const { messages, more } = store.messages.page(directConversation(CONTACT), ref, limit, Infinity);
  return { ids: messages.map(({ id }) => id), more };
}

/** All of a conversation, oldest first. */
function conversation(): { id: string; seq: number; position: number; direction: string }[] {
  const { messages } = store.messages.page(directConversation(CONTACT), null, 5000, Infinity);
  return messages.map((message) => ({ ...message, direction: isOurs(message) ? 'out' : 'in' }));
}

describe('storing', () => {
  test('messages come back as they were stored', async () => {
    const rich = newMessage(CONTACT, 7, {
      direction: 'out',
      state: 'queued',
      seq: Number.MAX_SAFE_INTEGER,
      at: Number.MAX_SAFE_INTEGER,
      missing: 12,
      content: new Uint8Array(256 * 1024).fill(9),
    });
    expect(await append(newMessage(CONTACT, 1), rich)).toEqual([1, 2]);
    store = await temp.reopen();
    const { content, ...rest } = store.messages.get(refOf(CONTACT, 'out', idOf(7)))!;
    expect({ ...rest, content: null }).toEqual({ ...rich, position: 2, content: null });
    expect(equal(content, rich.content)).toBe(true);
    expect(store.messages.get(refOf(CONTACT, 'in', idOf(1)))).toEqual({ ...newMessage(CONTACT, 1), position: 1 });
    expect(store.messages.get(refOf(CONTACT, 'in', idOf(7)))).toBeNull();
    expect(store.messages.get(refOf(idOf(2), 'in', idOf(1)))).toBeNull();
  });

  test('ids are known by contact and direction', async () => {
    await append(newMessage(CONTACT, 5), newMessage(CONTACT, 6, { direction: 'out', state: 'hidden' }));
    const known = [
      store.messages.has(refOf(CONTACT, 'in', idOf(5))),
      store.messages.has(refOf(CONTACT, 'out', idOf(6))),
    ];
    expect(known).toEqual([true, true]);
    const unknown = [
      store.messages.has(refOf(CONTACT, 'out', idOf(5))),
      store.messages.has(refOf(idOf(2), 'in', idOf(5))),
    ];
    expect(unknown).toEqual([false, false]);
  });

  test('the same id in one direction is refused, in the other and with another contact not', async () => {
    await append(newMessage(CONTACT, 1), newMessage(CONTACT, 1, { direction: 'out' }), newMessage(idOf(2), 1));
    await expect(append(newMessage(CONTACT, 1))).rejects.toMatchObject({ code: 'write-failed' });
  });

  test('every conversation has places of its own', async () => {
    expect(await append(...incoming(1, 2), newMessage(idOf(2), 1), ...incoming(3))).toEqual([1, 2, 1, 3]);
  });

  test('a malformed id is a bug', () => {
    expect(() => store.messages.get(refOf(anyId('not an id'), 'in', idOf(1)))).toThrow('32 lower-case hex');
    expect(() => store.messages.get(refOf(CONTACT, 'in', anyId(idOf(0xab).toUpperCase())))).toThrow(
      '32 lower-case hex',
    );
  });
});

describe('pages', () => {
  const all = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];

  test('are the newest, or those right before a message, oldest first', async () => {
    await append(...incoming(...all));
    expect(pageIds(null, 4)).toEqual({ ids: ids([7, 8, 9, 10]), more: true });
    expect(pageIds(7, 4)).toEqual({ ids: ids([3, 4, 5, 6]), more: true });
    expect(pageIds(3, 4)).toEqual({ ids: ids([1, 2]), more: false });
    expect(pageIds(1, 4)).toEqual({ ids: [], more: false });
  });

  test('know at the edge whether there is more', async () => {
    await append(...incoming(...all));
    expect(pageIds(null, 10)).toEqual({ ids: ids(all), more: false });
    expect(pageIds(null, 9)).toEqual({ ids: ids(all.slice(1)), more: true });
    expect(pageIds(null, 11)).toEqual({ ids: ids(all), more: false });
    expect(pageIds(2, 1)).toEqual({ ids: ids([1]), more: false });
  });

  test('of nothing, of another conversation, before an unknown message', async () => {
    expect(pageIds(null, 10)).toEqual({ ids: [], more: false });
    await append(newMessage(idOf(2), 1));
    expect(pageIds(null, 10)).toEqual({ ids: [], more: false });
    await append(...incoming(2));
    expect(pageIds(1, 10)).toEqual({ ids: [], more: false });
  });

  test('leave hidden messages out, in what they hold and in what is more', async () => {
    const hidden = (number: number): NewMessage => newMessage(CONTACT, number, { state: 'hidden' });
    await append(hidden(1), ...incoming(2), hidden(3), hidden(4), ...incoming(5), hidden(6));
    expect(pageIds(null, 2)).toEqual({ ids: ids([2, 5]), more: false });
    expect(pageIds(null, 1)).toEqual({ ids: ids([5]), more: true });
    expect(pageIds(4, 5)).toEqual({ ids: ids([2]), more: false });
  });

  test('hold both directions', async () => {
    await append(newMessage(CONTACT, 1), newMessage(CONTACT, 2, { direction: 'out' }), newMessage(CONTACT, 3));
    expect(conversation().map(({ direction }) => direction)).toEqual(['in', 'out', 'in']);
    expect(pageIds(2, 5, 'out').ids).toEqual(ids([1]));
    expect(pageIds(2, 5, 'in').ids).toEqual([]);
  });

  test('know theirs and ours of the same id apart', async () => {
    await append(...incoming(1, 2), newMessage(CONTACT, 3), newMessage(CONTACT, 4));
    await append(newMessage(CONTACT, 3, { direction: 'out' }), newMessage(CONTACT, 5));
    expect(pageIds(3, 10, 'in').ids).toEqual(ids([1, 2]));
    expect(pageIds(3, 10, 'out').ids).toEqual(ids([1, 2, 3, 4]));
  });

  test('end early once they are large, with at least one', async () => {
    const large = (number: number): NewMessage => newMessage(CONTACT, number, { content: new Uint8Array(10_000) });
    await append(...[1, 2, 3, 4, 5].map(large));
    const page = (maxBytes: number): number[] =>
      store.messages.page(directConversation(CONTACT), null, 50, maxBytes).messages.map(({ seq }) => seq);
    expect(page(15_000)).toEqual([4, 5]);
    expect(page(1)).toEqual([5]);
    expect(page(1_000_000)).toEqual([1, 2, 3, 4, 5]);
    expect(store.messages.page(directConversation(CONTACT), null, 50, 15_000).more).toBe(true);
    expect(store.messages.page(directConversation(CONTACT), refOf(CONTACT, 'in', idOf(2)), 50, 1).more).toBe(false);
  });

  test('together are the whole conversation, whatever their size', async () => {
    const hiddenOrNot = fc.array(fc.boolean(), { maxLength: 40 });
    let contact = 10;
    await fc.assert(
      fc.asyncProperty(hiddenOrNot, fc.integer({ min: 1, max: 12 }), async (hidden, limit) => {
        contact += 1;
        const own = idOf(contact);
        await store.journal.write(() => store.contacts.put(contactRecord(contact)));
        await append(...hidden.map((hide, index) => newMessage(own, index, hide ? { state: 'hidden' } : {})));
        const seen: number[] = [];
        let before: MessageRecord | null = null;
        for (;;) {
          const { messages, more }: StoredPage = store.messages.page(directConversation(own), before, limit, Infinity);
          seen.unshift(...messages.map(({ seq }) => seq));
          before = messages[0] ?? null;
          if (!more) break;
        }
        expect(seen).toEqual([...hidden.keys()].filter((index) => !hidden[index]));
      }),
      { numRuns: 25 },
    );
  });
});

describe('states', () => {
  test('one of ours that waits is delivered, once', async () => {
    await append(newMessage(CONTACT, 1, { direction: 'out', state: 'queued' }), newMessage(CONTACT, 1));
    const message = { ...refOf(CONTACT, 'out', idOf(1)), ...store.messages.locate(refOf(CONTACT, 'out', idOf(1)))! };
    const deliver = () => store.journal.write(() => store.messages.delivered(message, 7));
    expect([await deliver(), await deliver()]).toEqual([true, false]);
    expect(store.messages.get(refOf(CONTACT, 'out', idOf(1)))).toMatchObject({ state: 'delivered', deliveredAt: 7 });
    expect(store.messages.get(refOf(CONTACT, 'in', idOf(1)))?.state).toBe('received');
    const others = [{ conversation: directConversation(idOf(2)) }, { id: idOf(2) }, { seq: 2 }, { position: 2 }];
    await append(newMessage(CONTACT, 3, { direction: 'out', state: 'queued' }));
    const waiting = { ...refOf(CONTACT, 'out', idOf(3)), ...store.messages.locate(refOf(CONTACT, 'out', idOf(3)))! };
    for (const other of others) {
      expect(await store.journal.write(() => store.messages.delivered({ ...waiting, ...other }, 7))).toBe(false);
    }
    expect(store.messages.get(refOf(CONTACT, 'out', idOf(3)))?.state).toBe('queued');
  });

  test('hidden ones are not delivered', async () => {
    await append(newMessage(CONTACT, 1, { direction: 'out', state: 'hidden' }));
    const message = { ...refOf(CONTACT, 'out', idOf(1)), ...store.messages.locate(refOf(CONTACT, 'out', idOf(1)))! };
    expect(await store.journal.write(() => store.messages.delivered(message, 7))).toBe(false);
  });

  test('unread counts what is received, and reading ends it', async () => {
    await append(...incoming(1, 2, 3), newMessage(CONTACT, 4, { state: 'hidden' }));
    await append(newMessage(CONTACT, 5, { direction: 'out' }), newMessage(idOf(2), 1));
    expect([
      store.messages.unread(directConversation(CONTACT)),
      store.messages.unread(directConversation(idOf(2))),
    ]).toEqual([3, 1]);
    await store.journal.write(() => store.messages.erase(refOf(CONTACT, 'in', idOf(1))));
    expect(store.messages.unread(directConversation(CONTACT))).toBe(2);
    expect(await store.journal.write(() => store.messages.markRead(directConversation(CONTACT), 9))).toBe(2);
    expect(await store.journal.write(() => store.messages.markRead(directConversation(CONTACT), 9))).toBe(0);
    expect([
      store.messages.unread(directConversation(CONTACT)),
      store.messages.unread(directConversation(idOf(2))),
    ]).toEqual([0, 1]);
    expect(conversation()).toHaveLength(3);
    await append(newMessage(CONTACT, 6));
    store = await temp.reopen();
    expect(store.messages.unread(directConversation(CONTACT))).toBe(1);
  });

  test('the last message is the newest that shows', async () => {
    expect(store.messages.last(directConversation(CONTACT))).toBeNull();
    await append(...incoming(1, 2), newMessage(CONTACT, 3, { state: 'hidden' }));
    expect(store.messages.last(directConversation(CONTACT))).toEqual({ ...newMessage(CONTACT, 2), position: 2 });
  });
});

describe('late messages', () => {
  function late(number: number): Promise<number> {
    return store.journal.write(() => store.messages.insertLate(newMessage(CONTACT, number)));
  }

  test('come right behind the next smaller number, before what was said in between', async () => {
    await append(newMessage(CONTACT, 1), newMessage(CONTACT, 90, { direction: 'out' }), newMessage(CONTACT, 4));
    await late(2);
    await late(3);
    expect(conversation().map(({ id }) => id)).toEqual(ids([1, 2, 3, 90, 4]));
    expect(await append(...incoming(5))).toEqual([4]);
  });

  test('come before the next larger number when there is no smaller one', async () => {
    await append(newMessage(CONTACT, 90, { direction: 'out' }), ...incoming(3, 4));
    await late(1);
    await late(2);
    expect(conversation().map(({ id }) => id)).toEqual(ids([90, 1, 2, 3, 4]));
  });

  test('come last when there is nothing to go by', async () => {
    expect(await late(5)).toBe(1);
    expect(await late(6)).toBe(2);
  });

  test('are missed by the one behind their hole, the newest of its number, and counted anew', async () => {
    await append(...incoming(1), newMessage(CONTACT, 5, { missing: 3 }), newMessage(CONTACT, 6));
    const missing = [0, 1, 2, 4, 5, 7].map(
      (seq) => store.messages.behindHole(directConversation(CONTACT), seq)?.seq ?? null,
    );
    expect(missing).toEqual([null, null, 5, 5, null, null]);
    await append(newMessage(CONTACT, 7, { seq: 1 }), newMessage(CONTACT, 8, { seq: 5, missing: 2 }));
    const behind = store.messages.behindHole(directConversation(CONTACT), 3)!;
    expect([behind.id, store.messages.behindHole(directConversation(CONTACT), 2)]).toEqual([idOf(8), null]);
    await store.journal.write(() => store.messages.setMissing(behind, 0));
    store = await temp.reopen();
    expect(store.messages.get(refOf(CONTACT, 'in', idOf(8)))).toEqual({ ...behind, missing: 0 });
    expect(store.messages.behindHole(directConversation(CONTACT), 4)).toBeNull();
  });

  test('are missed in the newest count, though an earlier one has all the numbers between', async () => {
    await append(...incoming(1, 2, 3, 4, 5, 6, 7, 8));
    await append(newMessage(CONTACT, 13, { seq: 3 }), newMessage(CONTACT, 17, { seq: 7, missing: 3 }));
    expect([4, 5, 6].map((seq) => store.messages.behindHole(directConversation(CONTACT), seq)?.id)).toEqual(
      Array(3).fill(idOf(17)),
    );
    expect([2, 3, 7].map((seq) => store.messages.behindHole(directConversation(CONTACT), seq))).toEqual([
      null,
      null,
      null,
    ]);
  });

  test('leave alone what has the missing numbers from an earlier count', async () => {
    await append(...incoming(1, 2, 3, 4, 5));
    const anew = [newMessage(CONTACT, 11, { seq: 1 }), newMessage(CONTACT, 16, { seq: 6, missing: 4 })];
    await append(...anew);
    await store.journal.write(() => store.messages.insertLate(newMessage(CONTACT, 15, { seq: 5, missing: 3 })));
    expect(conversation().map(({ id }) => id)).toEqual(ids([1, 2, 3, 4, 5, 11, 15, 16]));
  });

  test('respect hidden messages as neighbours', async () => {
    await append(...incoming(1), newMessage(CONTACT, 2, { state: 'hidden' }), ...incoming(9));
    const position = await late(3);
    expect(position).toBeGreaterThan(2);
    expect(position).toBeLessThan(3);
  });

  test('find their place in a hole of a thousand, however it is filled', async () => {
    const hole = Array.from({ length: 998 }, (_, index) => index + 2);
    const shuffled = hole.map((number) => (number * 389) % 997).map((share, index) => [share, hole[index]!] as const);
    const orders = [hole, hole.toReversed(), shuffled.sort(([a], [b]) => a - b).map(([, number]) => number)];
    for (const [round, sequence] of orders.entries()) {
      const own = idOf(100 + round);
      await store.journal.write(() => {
        store.contacts.put(contactRecord(100 + round));
        store.messages.append(newMessage(own, 1));
        store.messages.append(newMessage(own, 5000, { direction: 'out' }));
        store.messages.append(newMessage(own, 1000));
        for (const number of sequence) store.messages.insertLate(newMessage(own, number));
      });
      const { messages } = store.messages.page(directConversation(own), null, 2000, Infinity);
      const theirs = messages.filter((message) => !isOurs(message)).map(({ seq }) => seq);
      expect(theirs).toEqual([1, ...hole, 1000]);
      expect(isOurs(messages[999]!)).toBe(true);
      expect(new Set(messages.map((message) => message.position)).size).toBe(1001);
    }
  });

  test('come last when a peer has used up the numbers in between', async () => {
    // Ever closer to the first, as no honest hole is filled: 2^50, 2^49, … 2.
    await append(newMessage(CONTACT, 1), newMessage(CONTACT, 3, { seq: Number.MAX_SAFE_INTEGER }));
    await store.journal.write(() => {
      for (let number = 10; number < 400; number += 1) {
        const seq = Math.max(2, Math.floor(Number.MAX_SAFE_INTEGER / 8 ** (number - 9)));
        store.messages.insertLate(newMessage(CONTACT, number, { seq }));
      }
    });
    const orders = conversation().map(({ position }) => position);
    expect(new Set(orders).size).toBe(392);
    expect(orders.at(-1)).toBeGreaterThan(2);
  });
});

test('no statement reads a whole table or sorts one, but what there is one of for each contact, and the rows of a page', async () => {
  const spies = [vi.spyOn(Database.prototype, 'rows'), vi.spyOn(Database.prototype, 'change')];
  const envelope = new Uint8Array(9);
  const facts = outboxFacts({ contact: CONTACT, id: idOf(3), seq: 3, position: 1, hidden: false });
  const waitingAct = {
    target: refOf(CONTACT, 'in', idOf(5)),
    ...{ by: CONTACT, act: idOf(6), seq: 6, at: 1, receivedAt: 1, content: envelope },
  };
  await store.journal.write(() => {
    store.contacts.setInSeq(CONTACT, 1);
    store.contacts.setOutSeq(CONTACT, 1);
    store.messages.append(newMessage(CONTACT, 1));
    store.messages.append(newMessage(CONTACT, 3));
    store.messages.insertLate(newMessage(CONTACT, 2));
    store.outbox.add({ ...facts, session: idOf(4), envelope });
    store.outbox.replace({ ...facts, session: idOf(5), envelope });
    store.sessions.save(CONTACT, 0, { id: idOf(4), role: 'old', since: 1, state: envelope.slice() });
    store.sessions.remove(CONTACT, 0, idOf(4));
    store.messages.setMissing(store.messages.get(refOf(CONTACT, 'in', idOf(1)))!, 2);
    store.messages.delivered(facts, 7);
    store.messages.markRead(directConversation(CONTACT), 9);
    const fading = { life: 5, until: 9 };
    store.messages.append(newMessage(CONTACT, 4, { fading }));
    store.messages.markRead(directConversation(CONTACT), 9, 100, 100);
    store.messages.erase(refOf(CONTACT, 'in', idOf(4)));
    store.timers.put(directConversation(CONTACT), { after: 60, at: 1 });
    store.seen.add(directConversation(CONTACT), CONTACT, { position: 1, at: 1 });
    store.waitingActs.add(waitingAct);
    store.waitingActs.take(waitingAct.target);
  });
  store.messages.fading.run(0);
  store.messages.scan.before(100, 9, Infinity);
  store.messages.scan.at(1);
  store.messages.run(0, 100, 9, Infinity);
  store.messages.shown(directConversation(CONTACT), 100, 9, Infinity);
  store.messages.unreadUpTo(directConversation(CONTACT), { after: 0, until: 100, position: 9 }, 9, Infinity);
  store.messages.lastSeen(directConversation(CONTACT), 0);
  store.messages.heldBytes(CONTACT);
  store.waitingActs.run(0, 9);
  store.outbox.receipts(CONTACT);
  store.contacts.byIdentity(contactRecord(1).ik);
  store.messages.page(directConversation(CONTACT), refOf(CONTACT, 'in', idOf(3)), 2, Infinity);
  store.messages.has(refOf(CONTACT, 'in', idOf(1)));
  store.messages.behindHole(directConversation(CONTACT), 1);
  store.messages.last(directConversation(CONTACT));
  store.messages.unread(directConversation(CONTACT));
  store.outbox.pending(deviceOf(CONTACT), 0, 5);
  store.outbox.count(CONTACT);
  store.sessions.load(CONTACT, 0);
  await store.journal.write(() => store.outbox.remove(facts));
  await store.journal.write(() => {
    store.contacts.remove(CONTACT);
    store.contacts.purgeRemoved(CONTACT, 9, Infinity);
  });
  const statements = new Set(spies.flatMap((spy) => spy.mock.calls.map(([sql]) => sql)));
  vi.restoreAllMocks();
  expect(statements.size).toBeGreaterThan(25);
  store.close();
  const database = new sqlite.Database(temp.path);
  database.exec('PRAGMA locking_mode = EXCLUSIVE');
  // What is temporary holds the changes of one transaction and is read whole.
  for (const sql of [...statements].filter((text) => !text.includes('temp.'))) {
    for (const { detail } of database.all(`EXPLAIN QUERY PLAN ${sql}`)) {
      expect(detail, sql).not.toMatch(/^SCAN (?!contact$|conversation$|timer$|\(subquery)|TEMP B-TREE/);
    }
  }
  database.close();
});
