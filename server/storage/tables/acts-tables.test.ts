// What acts leave in the database: rows rewritten, acts that wait, and up to where somebody has seen.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { contactRecord, idOf, newMessage, refOf, tempStore, type TempStore } from '../../testing/disk/temp-store.ts';
import type { Store } from '../profile-store.ts';
import { directConversation } from '../rows/conversation-rowids.ts';
import { UNTOUCHED } from './message/folded.ts';

const [ANN, BEN] = [idOf(1), idOf(2)];
const conversation = directConversation(ANN);

let temp: TempStore;
let store: Store;

beforeEach(async () => {
  temp = tempStore();
  store = await temp.create();
  await store.journal.write(() => [1, 2].map((number) => store.contacts.put(contactRecord(number))));
});
afterEach(() => temp.remove());

const reopen = async (): Promise<void> => {
  store.close();
  store = await temp.open();
};

describe('a message that is rewritten', () => {
  it('is what it is now, and fills as much of their share', async () => {
    await store.journal.write(() => store.messages.append(newMessage(ANN, 1)));
    const [held, unread] = [store.messages.heldBytes(ANN), store.messages.unreadBytes(conversation)];
    const edit = { n: 1, body: 'x'.repeat(5000), act: idOf(9), seq: 2, at: 3 };
    const folded = { ...UNTOUCHED, edits: [edit] };
    const before = store.messages.get(refOf(ANN, 'in', idOf(1)))!;
    await store.journal.write(() => store.messages.rewrite({ ...before, folded }));
    expect(store.messages.get(before)).toEqual({ ...before, folded });
    expect(store.messages.heldBytes(ANN) - held).toBeGreaterThan(5000);
    expect(store.messages.unreadBytes(conversation) - unread).toBeGreaterThan(5000);
    await store.journal.write(() => store.messages.setMissing({ ...before, folded }, 3));
    expect(store.messages.get(before)).toEqual({ ...before, folded, missing: 3 });
    // Taken back, it is not unread any more.
    const gone = {
      ...before,
      state: 'read',
      content: new Uint8Array(),
      folded: { ...UNTOUCHED, deletedAt: 4 },
    } as const;
    await store.journal.write(() => store.messages.overwrite(gone));
    expect([store.messages.unread(conversation), store.messages.heldBytes(ANN)]).toEqual([0, held]);
    await reopen();
    expect(store.messages.get(before)).toEqual(gone);
    expect([store.messages.unread(conversation), store.messages.heldBytes(ANN)]).toEqual([0, held]);
  });
});

describe('acts that wait', () => {
  const act = (number: number, bytes = 1) => ({
    target: { conversation, author: ANN, id: idOf(50) },
    ...{ by: ANN, act: idOf(number), seq: number, at: 1, receivedAt: 2, content: new Uint8Array(bytes).fill(number) },
  });

  it('come out in order, once, for the message they wait for', async () => {
    await store.journal.write(() => [act(1), act(2)].map((each) => store.waitingActs.add(each)));
    await reopen();
    expect(store.waitingActs.count(conversation)).toBe(2);
    const other = { conversation, author: 'me', id: idOf(50) } as const;
    const taken = await store.journal.write(() => [
      store.waitingActs.take(other),
      store.waitingActs.take(act(1).target),
    ]);
    expect(taken).toEqual([[], [act(1), act(2)]]);
    expect(store.waitingActs.count(conversation)).toBe(0);
  });

  it('are counted with what they take', async () => {
    await store.journal.write(() => [act(1), act(2, 5000), act(3)].map((each) => store.waitingActs.add(each)));
    const all = store.waitingActs.bytes(conversation);
    expect(all).toBeGreaterThan(5000);
    expect(all).toBeLessThan(7000);
    await reopen();
    expect(store.waitingActs.bytes(conversation)).toBe(all);
    await store.journal.write(() => {
      store.waitingActs.takeOldest(conversation);
      store.waitingActs.remove(2);
    });
    expect(store.waitingActs.bytes(conversation)).toBeLessThan(1000);
    await store.journal.write(() => store.waitingActs.take(act(3).target));
    expect(store.waitingActs.bytes(conversation)).toBe(0);
  });

  it('go with the contact at once, before the messages have', async () => {
    await store.journal.write(() => {
      store.messages.append(newMessage(ANN, 1));
      store.waitingActs.add(act(1));
      store.seen.add(conversation, ANN, { position: 1, at: 2 });
      store.contacts.remove(ANN);
    });
    expect([store.waitingActs.list(), store.seen.list()]).toEqual([[], []]);
    expect(store.contacts.removed()).toEqual([ANN]);
  });
});

describe('what was seen', () => {
  it('goes forward alone, and says since when', async () => {
    const mark = (position: number, at: number) => store.seen.add(conversation, ANN, { position, at });
    const added = await store.journal.write(() => [mark(3, 10), mark(2, 11), mark(3, 12), mark(7, 13)]);
    expect(added).toEqual([true, false, false, true]);
    await reopen();
    expect(store.seen.upTo(conversation, ANN)).toBe(7);
    expect([1, 3, 4, 7, 8].map((position) => store.seen.since(conversation, ANN, position))).toEqual([
      10,
      10,
      13,
      13,
      null,
    ]);
    expect(store.seen.upTo(conversation, 'me')).toBe(-Infinity);
    expect(store.seen.upTo(directConversation(BEN), ANN)).toBe(-Infinity);
  });

  it('keeps 256 marks, and does not guess about the time before', async () => {
    await store.journal.write(() => {
      for (let n = 1; n <= 257; n += 1) store.seen.add(conversation, ANN, { position: n, at: n });
    });
    expect(store.seen.list()[0]?.marks).toHaveLength(256);
    expect([1, 2, 3].map((position) => store.seen.since(conversation, ANN, position))).toEqual([null, null, 3]);
  });

  it('is forgotten with a work that is undone', async () => {
    const undone = store.journal.write(() => {
      store.seen.add(conversation, ANN, { position: 5, at: 1 });
      throw new Error('no');
    });
    await expect(undone).rejects.toThrow('no');
    expect(store.seen.upTo(conversation, ANN)).toBe(-Infinity);
  });
});
