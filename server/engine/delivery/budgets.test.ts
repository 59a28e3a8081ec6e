// What one contact may fill: over a bound their messages wait at their Loom, in order, and lose nothing.
import { directConversation } from '../../storage/rows/conversation-rowids.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ContactId } from '../../contract/ids.ts';
import { KEPT_BYTES, MESSAGES_PER_DAY, NOT_NOW_LONGEST_MS, UNREAD_BYTES } from '../../protocol/limits.ts';
import { RECORD } from '../../protocol/records.ts';
import { Database } from '../../storage/database.ts';
import { FakeClock } from '../../testing/fake-clock.ts';
import { contactRecord, deviceOf, idOf, newMessage, tempStore } from '../../testing/disk/temp-store.ts';
import { Town, type TestLoom } from '../../testing/test-loom.ts';
import { Budgets } from './budgets.ts';

const conversations = { directWith: directConversation };

describe('the budgets of a contact', () => {
  let temp: ReturnType<typeof tempStore>;
  beforeEach(() => {
    temp = tempStore();
  });
  afterEach(() => temp.remove());

  it('are so many messages at once, and as many in each day after that', async () => {
    const clock = new FakeClock();
    const budgets = new Budgets({ store: await temp.create(), conversations, clock });
    const taken = (): number => {
      let count = 0;
      while (budgets.take(idOf(1))) count += 1;
      return count;
    };
    expect(taken()).toBe(MESSAGES_PER_DAY);
    expect(budgets.full(idOf(1))).toBe('day');
    expect(budgets.full(idOf(2))).toBeNull();
    clock.advance(24 * 60 * 60 * 1000);
    expect(taken()).toBe(MESSAGES_PER_DAY);
  });

  it('are so many unread bytes as they lie on the disk: one row over, and there is no room', async () => {
    const store = await temp.create();
    const budgets = new Budgets({ store, conversations, clock: new FakeClock() });
    await store.journal.write(() => store.contacts.put(contactRecord(1)));
    let number = 0;
    const add = (bytes: number): Promise<number> =>
      store.journal.write(() =>
        store.messages.append(newMessage(idOf(1), (number += 1), { content: new Uint8Array(bytes) })),
      );
    for (let i = 0; i < 4; i += 1) await add(UNREAD_BYTES / 4 - 1024);
    while (store.messages.unreadBytes(directConversation(idOf(1))) < UNREAD_BYTES) {
      expect(budgets.take(idOf(1))).toBe(true);
      await add(100);
    }
    expect(budgets.full(idOf(1))).toBe('unread');
    expect(budgets.take(idOf(1))).toBe(false);
    await store.journal.write(() => store.messages.markRead(directConversation(idOf(1)), 9));
    expect(budgets.full(idOf(1))).toBeNull();
  });
});

describe('between two Looms', () => {
  let town: Town;
  let ann: TestLoom;
  let bob: TestLoom;
  let bobHere: ContactId;
  let annThere: ContactId;

  beforeEach(async () => {
    town = new Town();
    ({ ann, bob } = await town.pair());
    await town.pass(500);
    bobHere = (await ann.contact('Bob')).id;
    annThere = (await bob.contact('Ann')).id;
  });
  afterEach(() => town.end());

  /** More of Bob's unread with Ann than she keeps. */
  const fill = (): Promise<void> => {
    const { messages, journal } = ann.profile.opened.store;
    return journal.write(() => {
      messages.append(newMessage(bobHere, 10_000, { content: new Uint8Array(UNREAD_BYTES) }));
      // The newest is what every list of contacts shows.
      messages.append(newMessage(bobHere, 10_001, { state: 'read' }));
    });
  };
  const envelopes = () =>
    bob.profile.opened.store.outbox.pending(deviceOf(annThere), 0, 9).map(({ envelope }) => envelope);
  const fromBob = async (): Promise<[string, number][]> =>
    (await ann.history('Bob'))
      .filter(({ kind, direction }) => kind === 'text' && direction === 'in')
      .map(({ body, missing }) => [body, missing]);
  const isRefused = (): Promise<boolean> => bob.contact('Ann').then(({ refuses }) => refuses);

  it('what there is no room for waits, both sides say so, and reading brings it at once, as it was, in order', async () => {
    await fill();
    await bob.send('Ann', 'one', 'two', 'three');
    await town.until(isRefused);
    const before = envelopes();
    expect(before).toHaveLength(3);
    expect(await bob.contact('Ann')).toMatchObject({ refuses: true, queued: 3, full: null, connection: 'online' });
    expect(await ann.contact('Bob')).toMatchObject({ full: 'unread', refuses: false });
    expect(await ann.conversation('Bob')).toMatchObject({ unread: 1 });
    await ann.send('Bob', 'the other way it goes as ever');
    await town.received(bob, 'Ann', 1);
    // Refused again and again, the wait grows.
    await town.pass(10 * 60_000);
    expect(await fromBob()).toEqual([]);
    expect(envelopes()).toEqual(before);
    await bob.send('Ann', 'four');
    await ann.run('message.read', { conversation: directConversation(bobHere) });
    await town.pass(200);
    expect(await fromBob()).toEqual(['one', 'two', 'three', 'four'].map((body) => [body, 0]));
    expect(await ann.contact('Bob')).toMatchObject({ full: null });
    expect(await ann.conversation('Bob')).toMatchObject({ unread: 4 });
    expect(await bob.contact('Ann')).toMatchObject({ refuses: false, queued: 0 });
    const told = bob.events.flatMap((event) => (event.event === 'contact.changed' ? [event.data.contact.refuses] : []));
    expect(told).toContain(true);
    expect(told.at(-1)).toBe(false);
  });

  it('deleting makes room as well, over links that break and Looms that are killed meanwhile', async () => {
    await fill();
    await bob.send('Ann', 'one', 'two');
    await town.until(isRefused);
    bob.kill();
    await bob.start();
    await town.until(isRefused);
    ann.kill();
    await ann.start();
    await town.until(isRefused);
    town.network.tear(ann.host, bob.host, 0);
    await bob.send('Ann', 'three');
    await town.online(bob, 'Ann');
    await town.until(isRefused);
    const [filler] = await ann.history('Bob');
    await ann.run('message.delete', { conversation: directConversation(bobHere), author: bobHere, id: filler!.id });
    await town.received(ann, 'Bob', 3);
    expect(await fromBob()).toEqual(['one', 'two', 'three'].map((body) => [body, 0]));
  });

  it('the one that is waited for may be taken back meanwhile', async () => {
    await fill();
    await bob.send('Ann', 'one', 'two');
    await town.until(isRefused);
    const [one] = await bob.history('Ann');
    await bob.run('message.delete', { conversation: directConversation(annThere), author: 'me', id: one!.id });
    await ann.run('conversation.clear', { conversation: directConversation(bobHere) });
    await town.received(ann, 'Bob', 1);
    expect(await fromBob()).toEqual([['two', 0]]);
  });

  it('who makes too many a day goes on when it is time, without anybody saying so', async () => {
    const { budgets } = ann.profile.opened.engine;
    while (budgets.take(bobHere));
    const texts = Array.from({ length: 20 }, (_, i) => `text ${i}`);
    await bob.send('Ann', ...texts);
    await town.until(isRefused);
    expect((await ann.contact('Bob')).full).toBe('day');
    await town.pass(3 * NOT_NOW_LONGEST_MS);
    expect(await fromBob()).toEqual(texts.map((body) => [body, 0]));
    expect(await isRefused()).toBe(false);
  });

  it('of what is kept there is a bound as well, known after a restart too: one byte under takes one more', async () => {
    await ann.stop();
    const database = new Database(`${ann.folder}/loom.db`);
    database.transaction(() => expect(database.change(`UPDATE contact SET held = ${KEPT_BYTES - 1}`)).toBe(1));
    database.close();
    await ann.start();
    await bob.send('Ann', 'one', 'two');
    await town.received(ann, 'Bob', 1);
    await town.until(isRefused);
    expect((await ann.contact('Bob')).full).toBe('disk');
    await ann.run('message.read', { conversation: directConversation(bobHere) });
    await town.pass(2 * NOT_NOW_LONGEST_MS);
    expect(await fromBob()).toEqual([['one', 0]]);
    const [one] = await ann.history('Bob');
    await ann.run('message.delete', { conversation: directConversation(bobHere), author: bobHere, id: one!.id });
    await town.pass(1_500);
    expect(await fromBob()).toEqual([['two', 0]]);
  });

  it('who says that there is room, and refuses all the same, is sent one envelope a second', async () => {
    await fill();
    await bob.send('Ann', 'one', 'two');
    await town.until(isRefused);
    const [activeLink] = bob.profile.opened.engine.links.activeLinks();
    let sent = 0;
    const send = activeLink!.link.send.bind(activeLink!.link);
    activeLink!.link.send = (type, body) => {
      if (type === RECORD.envelope) sent += 1;
      send(type, body);
    };
    const [theirs] = ann.profile.opened.engine.links.activeLinks();
    for (let i = 0; i < 100; i += 1) {
      for (let each = 0; each < 20; each += 1) theirs!.link.send(RECORD.room, new Uint8Array(0));
      await town.pass(100);
    }
    expect(sent).toBeGreaterThan(3);
    expect(sent).toBeLessThanOrEqual(11);
    expect(activeLink!.link.closed).toBe(false);
  });

  it('a ROOM that says anything is refused', async () => {
    const [activeLink] = bob.profile.opened.engine.links.activeLinks();
    const [theirs] = ann.profile.opened.engine.links.activeLinks();
    theirs!.link.send(RECORD.room, Uint8Array.of(0));
    await town.pass(100);
    expect(activeLink!.link.closed).toBe(true);
  });
});
