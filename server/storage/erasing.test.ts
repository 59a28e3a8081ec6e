// Messages that were deleted: nothing of what they said is left in any file, and what is left of them counts as before.
import type { MessageRef } from './tables/message/message-record.ts';
import { directConversation } from './rows/conversation-rowids.ts';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { contactRecord, idOf, newMessage, refOf, tempStore, type TempStore } from '../testing/disk/temp-store.ts';
import { Database } from './database.ts';
import type { Store } from './profile-store.ts';
import type { Due } from './tables/message/message-record.ts';

const CONTACT = idOf(1);
const PAGE = 1 << 20;

let temp: TempStore;
let store: Store;

beforeEach(async () => {
  temp = tempStore();
  store = await temp.create();
  await write(() => store.contacts.put(contactRecord(1)));
});
afterEach(() => temp.remove());

function write<T>(work: () => T): Promise<T> {
  return store.journal.write(work);
}

const theirs = (number: number): MessageRef => refOf(CONTACT, 'in', newMessage(CONTACT, number).id);

/** What stands sealed on disk, a piece of each behind its nonce: large rows are split over pages. */
function sealed(): Buffer[] {
  store.close();
  const database = new Database(temp.path);
  const rows = database.rows('SELECT body FROM message ORDER BY number');
  database.close();
  return rows.map((row) => Buffer.from(row.bytes('body').subarray(29, 61)));
}

function found(trace: Buffer): string[] {
  const names = readdirSync(temp.folder).filter((name) => !name.endsWith('.lock'));
  return names.filter((name) => readFileSync(join(temp.folder, name)).includes(trace));
}

test('no file holds what an erased message said, however large, while the profile stays open', async () => {
  const long = { content: new Uint8Array(40_000).fill(7) };
  await write(() => [1, 2, 3, 4].map((seq) => store.messages.append(newMessage(CONTACT, seq, seq === 2 ? long : {}))));
  const traces = sealed();
  store = await temp.open();
  // Rewritten before, so that copies stand in the log as well.
  await write(() => store.messages.markRead(directConversation(CONTACT), 9));
  await write(() => [1, 2, 4].map((seq) => store.messages.erase(theirs(seq))));
  expect(traces.map((trace) => found(trace).length > 0)).toEqual([false, false, true, false]);
});

test('an erased message is known, unseen, unread by nobody, and no longer the last', async () => {
  await write(() => [1, 2, 3].map((seq) => store.messages.append(newMessage(CONTACT, seq, { missing: seq - 1 }))));
  expect(store.messages.unread(directConversation(CONTACT))).toBe(3);
  expect(await write(() => store.messages.erase(theirs(3)))).toBe(true);
  expect(await write(() => store.messages.erase(theirs(3)))).toBe(false);
  expect(await write(() => store.messages.erase(theirs(9)))).toBe(false);
  const check = (): void => {
    expect(store.messages.unread(directConversation(CONTACT))).toBe(2);
    expect(store.messages.has(refOf(CONTACT, 'in', theirs(3).id))).toBe(true);
    expect(store.messages.last(directConversation(CONTACT))?.id).toBe(theirs(2).id);
    expect(store.messages.page(directConversation(CONTACT), null, 9, PAGE).messages.map(({ seq }) => seq)).toEqual([
      1, 2,
    ]);
    expect(store.messages.get(refOf(CONTACT, 'in', theirs(3).id))).toMatchObject({
      state: 'hidden',
      missing: 2,
      seq: 3,
    });
    expect(store.messages.get(refOf(CONTACT, 'in', theirs(3).id))?.content).toHaveLength(0);
    expect(temp.damaged).toEqual([]);
  };
  check();
  store = await temp.reopen();
  check();
});

test('those to be seen are listed oldest first, but none that was stored later', async () => {
  await write(() => [1, 2, 3].map((seq) => store.messages.append(newMessage(CONTACT, seq))));
  await write(() => store.messages.erase(theirs(1)));
  const until = store.messages.newestRow();
  await write(() => store.messages.append(newMessage(CONTACT, 4)));
  expect(store.messages.shown(directConversation(CONTACT), until, 9, Infinity)).toEqual([theirs(2), theirs(3)]);
  expect(store.messages.shown(directConversation(CONTACT), until, 1, Infinity)).toEqual([theirs(2)]);
  expect(store.messages.shown(directConversation(idOf(2)), until, 9, Infinity)).toEqual([]);
});

test('one that is damaged can be erased, too', async () => {
  await write(() => [1, 2].map((seq) => store.messages.append(newMessage(CONTACT, seq))));
  store.close();
  const database = new Database(temp.path);
  database.transaction(() => void database.change(`UPDATE message SET body = x'01' WHERE seq = 2`));
  database.close();
  store = await temp.open();
  expect(await write(() => store.messages.erase(theirs(2)))).toBe(true);
  const { length } = temp.damaged;
  expect(store.messages.get(refOf(CONTACT, 'in', theirs(2).id))?.state).toBe('hidden');
  expect(store.messages.last(directConversation(CONTACT))?.seq).toBe(1);
  expect(temp.damaged).toHaveLength(length);
});

test('one that disappears begins to when it is read or delivered, is told of once it does, and leaves nothing', async () => {
  const begun: Due[] = [];
  store.messages.fading.whenBegun((due) => void begun.push(due));
  const fading = { life: 500, until: null };
  const ours = { direction: 'out', state: 'queued', fading } as const;
  const [, , position] = await write(() => [
    store.messages.append(newMessage(CONTACT, 1, { fading })),
    store.messages.append(newMessage(CONTACT, 2)),
    store.messages.append(newMessage(CONTACT, 3, ours)),
  ]);
  expect(begun).toEqual([]);
  const { seq, id } = newMessage(CONTACT, 3, ours);
  expect(await write(() => store.messages.markRead(directConversation(CONTACT), 1000))).toBe(2);
  await write(() => store.messages.delivered({ conversation: directConversation(CONTACT), id, seq, position }, 2000));
  expect(begun.map(({ until }) => until)).toEqual([1500, 2500]);
  expect(store.messages.unread(directConversation(CONTACT))).toBe(0);
  const [trace = Buffer.alloc(0)] = sealed();
  store = await temp.open();
  const run = store.messages.fading.run(0);
  expect(run.messages.map(({ message }) => message.fading)).toEqual([
    { life: 500, until: 1500 },
    { life: 500, until: 2500 },
  ]);
  expect(run.last).toBeNull();
  await write(() => store.messages.erase(theirs(1)));
  expect(store.messages.fading.run(0).messages).toHaveLength(1);
  expect(found(trace)).toEqual([]);
});

test('messages that disappear are gone through in pieces, by number and by bytes, none left out', async () => {
  const fading = { life: 500, until: 9 };
  const long = new Uint8Array(200 * 1024);
  await write(() => {
    for (let seq = 1; seq <= 250; seq += 1) {
      store.messages.append(newMessage(CONTACT, seq, { fading, ...(seq > 240 && { content: long }) }));
    }
  });
  const pieces: number[] = [];
  for (let after: number | null = 0; after !== null;) {
    const run = store.messages.fading.run(after);
    pieces.push(run.messages.length);
    after = run.last;
  }
  // The last few short ones take no room; of the long ones two pass 256 KiB.
  expect(pieces).toEqual([100, 100, 42, 2, 2, 2, 2]);
});
