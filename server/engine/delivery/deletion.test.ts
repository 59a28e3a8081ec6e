// Deleting one message, and a whole conversation: gone here, untouched on their device, and nothing else suffers.
import { directConversation } from '../../storage/rows/conversation-rowids.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Message } from '../../contract/model.ts';
import { newMessage, outboxFacts, refOf } from '../../testing/disk/temp-store.ts';
import { Town, type TestLoom } from '../../testing/test-loom.ts';

let town: Town;
let ann: TestLoom;
let bob: TestLoom;

beforeEach(async () => {
  town = new Town();
  ({ ann, bob } = await town.pair());
});
afterEach(() => town.end());

const missing = async (loom: TestLoom, name: string): Promise<number> =>
  (await loom.history(name)).reduce((sum, message) => sum + message.missing, 0);

async function remove(loom: TestLoom, name: string, body: string): Promise<Message> {
  const message = (await loom.history(name)).find((each) => each.body === body);
  if (!message) throw new Error(`no message "${body}"`);
  const { conversation, author, id } = message;
  await loom.run('message.delete', { conversation, author, id });
  return message;
}

describe('one message', () => {
  beforeEach(async () => {
    for (const body of ['one', 'two', 'three']) await ann.send('Bob', body);
    await town.received(bob, 'Ann', 3);
  });

  it('is gone from one device alone, and from the list of conversations', async () => {
    const { conversation, author, id } = await remove(bob, 'Ann', 'three');
    expect(await bob.texts('Ann', 'in')).toEqual(['one', 'two']);
    expect(await bob.conversation('Ann')).toMatchObject({ lastMessage: { body: 'two' }, unread: 2 });
    expect(bob.events.at(-2)).toMatchObject({ event: 'message.deleted', data: { conversation, author, id } });
    expect(await ann.texts('Bob', 'out')).toEqual(['one', 'two', 'three']);
    await expect(bob.run('message.delete', { conversation, author, id })).rejects.toMatchObject({
      code: 'message-unknown',
    });
  });

  it('stays gone when it comes again', async () => {
    const { id } = await remove(bob, 'Ann', 'two');
    const { store } = ann.profile.opened;
    const contact = (await ann.contact('Bob')).id;
    const { seq, position } = store.messages.get(refOf(contact, 'out', id))!;
    await ann.stop();
    await ann.start();
    const again = ann.profile.opened.store;
    const row = { ...outboxFacts({ contact, id, seq, position, hidden: false }), session: null, envelope: null };
    await again.journal.write(() => again.outbox.add(row));
    await town.online(ann, 'Bob');
    await town.until(() => again.outbox.total() === 0);
    expect(await bob.texts('Ann', 'in')).toEqual(['one', 'three']);
  });

  it('leaves no hole behind, nor before those that follow', async () => {
    await remove(bob, 'Ann', 'two');
    await ann.send('Bob', 'four');
    await town.received(bob, 'Ann', 3);
    expect(await bob.texts('Ann', 'in')).toEqual(['one', 'three', 'four']);
    expect(await missing(bob, 'Ann')).toBe(0);
  });
});

describe('one that waits for them', () => {
  it('is never sent, and they miss nothing', async () => {
    await bob.stop();
    for (const body of ['one', 'wrong', 'two']) await ann.send('Bob', body);
    expect((await ann.contact('Bob')).queued).toBe(3);
    await remove(ann, 'Bob', 'wrong');
    expect((await ann.contact('Bob')).queued).toBe(2);
    await bob.start();
    await town.received(bob, 'Ann', 2);
    await town.until(() => ann.profile.opened.store.outbox.total() === 0);
    expect(await bob.texts('Ann', 'in')).toEqual(['one', 'two']);
    expect(await missing(bob, 'Ann')).toBe(0);
    expect(await ann.texts('Bob', 'out')).toEqual(['one', 'two']);
    expect((await ann.history('Bob')).map(({ state }) => state)).toEqual(['delivered', 'delivered']);
  });

  it('is not sent after a restart either', async () => {
    await bob.stop();
    for (const body of ['wrong', 'right']) await ann.send('Bob', body);
    await remove(ann, 'Bob', 'wrong');
    ann.kill();
    await Promise.all([ann.start(), bob.start()]);
    await town.received(bob, 'Ann', 1);
    expect(await bob.texts('Ann', 'in')).toEqual(['right']);
    expect(await missing(bob, 'Ann')).toBe(0);
  });
});

describe('a whole conversation', () => {
  const MANY = 1200;

  beforeEach(async () => {
    const { store } = ann.profile.opened;
    const { id } = await ann.contact('Bob');
    await store.journal.write(() => {
      for (let number = 1; number <= MANY; number += 1) store.messages.append(newMessage(id, 10_000 + number));
    });
  });

  it('goes in pieces, without what comes meanwhile, and the contact stays', async () => {
    const { store } = ann.profile.opened;
    const { id } = await ann.contact('Bob');
    const before = store.journal.commits;
    const cleared = ann.run('conversation.clear', { conversation: directConversation(id) });
    await store.journal.write(() => store.messages.append(newMessage(id, 20_000)));
    await cleared;
    expect(store.journal.commits).toBeGreaterThan(before + 3);
    expect(store.messages.page(directConversation(id), null, 9, 1 << 20).messages.map(({ seq }) => seq)).toEqual([
      20_000,
    ]);
    expect((await ann.conversation('Bob')).unread).toBe(1);
    expect(ann.events.some(({ event }) => event === 'conversation.cleared')).toBe(true);
    await bob.send('Ann', 'still here?');
    await town.until(async () => (await ann.texts('Bob', 'in')).includes('still here?'));
  });

  it('goes four megabytes at a time when its texts are long, and so does what a removed contact leaves', async () => {
    const { store } = ann.profile.opened;
    const contact = (await ann.contact('Bob')).id;
    const content = new Uint8Array(256 * 1024);
    const fill = (from: number): Promise<void> =>
      store.journal.write(() => {
        for (let i = 0; i < 64; i += 1) store.messages.append(newMessage(contact, from + i, { content }));
      });
    await ann.run('conversation.clear', { conversation: directConversation(contact) });
    await fill(30_000);
    let before = store.journal.commits;
    await ann.run('conversation.clear', { conversation: directConversation(contact) });
    expect(store.journal.commits).toBeGreaterThanOrEqual(before + 4);
    await fill(40_000);
    before = store.journal.commits;
    await ann.run('contact.remove', { contact });
    await town.until(() => store.contacts.removed().length === 0);
    expect(store.journal.commits).toBeGreaterThanOrEqual(before + 4);
  });

  it('is marked as read in pieces', async () => {
    const { store } = ann.profile.opened;
    const contact = (await ann.contact('Bob')).id;
    expect((await ann.conversation('Bob')).unread).toBe(MANY);
    const before = store.journal.commits;
    const read = ann.run('message.read', { conversation: directConversation(contact) });
    await store.journal.write(() => store.messages.append(newMessage(contact, 20_000)));
    expect((await read).unread).toBe(1);
    expect(store.journal.commits).toBeGreaterThan(before + 2);
  });

  it('is marked as read four megabytes at a time when its texts are long', async () => {
    const { store } = ann.profile.opened;
    const contact = (await ann.contact('Bob')).id;
    const conversation = directConversation(contact);
    await ann.run('message.read', { conversation });
    const content = new Uint8Array(256 * 1024);
    const fading = { life: 60_000, until: null };
    await store.journal.write(() => {
      for (let i = 0; i < 64; i += 1) {
        store.messages.append(newMessage(contact, 30_000 + i, { content, fading }));
      }
    });
    const before = store.journal.commits;
    expect((await ann.run('message.read', { conversation })).unread).toBe(0);
    expect(store.journal.commits).toBeGreaterThanOrEqual(before + 4);
  });

  it('is marked as read as far as it was seen, and no further', async () => {
    const { store } = ann.profile.opened;
    const contact = (await ann.contact('Bob')).id;
    const conversation = directConversation(contact);
    await ann.run('message.read', { conversation });
    await store.journal.write(() => {
      for (let i = 0; i < 6; i += 1) store.messages.append(newMessage(contact, 50_000 + i));
    });
    const page = await ann.run('message.page', { conversation, limit: 6 });
    const upTo = page.messages[3]?.position ?? 0;
    expect((await ann.run('message.read', { conversation, upTo })).unread).toBe(2);
    const states = (await ann.run('message.page', { conversation, limit: 6 })).messages.map(({ state }) => state);
    expect(states).toEqual(['read', 'read', 'read', 'read', 'received', 'received']);
    const { events } = ann.profile;
    expect(events.since(events.boot, 0)?.at(-2)).toMatchObject({ event: 'message.read', data: { conversation, upTo } });
    expect((await ann.run('message.read', { conversation })).unread).toBe(0);
  });

  it('takes with it what waits for them', async () => {
    await bob.stop();
    await ann.send('Bob', 'never');
    await ann.run('conversation.clear', { conversation: (await ann.contact('Bob')).conversation });
    expect(await ann.history('Bob')).toEqual([]);
    await ann.send('Bob', 'yes');
    await bob.start();
    await town.received(bob, 'Ann', 1);
    expect(await bob.texts('Ann', 'in')).toEqual(['yes']);
    expect(await missing(bob, 'Ann')).toBe(0);
  });
});

describe('what tabs that come back are told', () => {
  const SECRET = 'the text that is deleted';

  /** All since the start, as a tab would get it. */
  const told = (loom: TestLoom): string => {
    const { events } = loom.profile;
    const missed = events.since(events.boot, 0);
    if (!missed) throw new Error('too much for one answer');
    return JSON.stringify(missed);
  };

  beforeEach(async () => {
    await ann.send('Bob', 'a text that stays', SECRET);
    await town.received(bob, 'Ann', 2);
    // The list of conversations has been told.
    await town.pass(100);
    for (const loom of [ann, bob]) expect(told(loom)).toContain(SECRET);
  });

  it('has nothing of a deleted message, on either side', async () => {
    await remove(bob, 'Ann', SECRET);
    await remove(ann, 'Bob', SECRET);
    for (const loom of [ann, bob]) {
      expect(told(loom)).not.toContain(SECRET);
      expect(told(loom)).toContain('a text that stays');
    }
  });

  it('has nothing of a conversation that was cleared', async () => {
    await bob.run('conversation.clear', { conversation: (await bob.contact('Ann')).conversation });
    expect(told(bob)).not.toContain('text that');
  });

  it('has nothing of a contact who was removed', async () => {
    const { id } = await bob.contact('Ann');
    await bob.run('contact.remove', { contact: id });
    const { events } = bob.profile;
    expect(told(bob)).not.toContain('text that');
    expect(told(bob)).not.toContain(ann.address);
    expect(events.since(events.boot, 0)?.map(({ event }) => event)).toContain('contact.removed');
  });
});
