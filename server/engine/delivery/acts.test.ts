// What people do to messages that are there: replies, edits, reactions, taking back, reading. Between two real Looms.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Message, MessageRef } from '../../contract/model.ts';
import { EDITS } from '../../protocol/limits.ts';
import { Town, type TestLoom } from '../../testing/test-loom.ts';

let town: Town;
let ann: TestLoom;
let bob: TestLoom;

beforeEach(async () => {
  town = new Town();
  ({ ann, bob } = await town.pair());
});
afterEach(() => town.end());

async function find(loom: TestLoom, name: string, body: string): Promise<Message> {
  const found = (await loom.history(name)).find((message) => message.body === body);
  if (!found) throw new Error(`no message "${body}"`);
  return found;
}

async function at(loom: TestLoom, name: string, body: string): Promise<MessageRef> {
  return refOf(await find(loom, name, body));
}

function refOf({ conversation, author, id }: Message): MessageRef {
  return { conversation, author, id };
}

/** Nothing waits any more on either side. */
async function quiet(): Promise<void> {
  await town.until(() =>
    [ann, bob].every(({ profile }) => {
      const { contacts, outbox } = profile.opened.store;
      return contacts
        .list()
        .every(({ id, device }) => outbox.pending({ contact: id, device }, -Infinity, 1).length === 0);
    }),
  );
}

async function said(...bodies: string[]): Promise<void> {
  for (const body of bodies) await ann.send('Bob', body);
  await town.until(async () => (await bob.texts('Ann', 'in')).length === bodies.length);
}

describe('a reply', () => {
  it('says what it answers, and what that says now', async () => {
    await said('question?');
    const { conversation, author, id } = await at(bob, 'Ann', 'question?');
    const sent = await bob.run('message.send', { conversation, body: 'answer', replyTo: { author, id } });
    expect(sent).toMatchObject({ reply: { author, id, is: 'here', text: 'question?' } });
    await town.until(async () => (await ann.texts('Bob', 'in')).length === 1);
    expect(await find(ann, 'Bob', 'answer')).toMatchObject({
      reply: { author: 'me', id, is: 'here', text: 'question?' },
    });
    await ann.run('message.edit', { ...(await at(ann, 'Bob', 'question?')), body: 'question!' });
    await quiet();
    expect(await find(bob, 'Ann', 'answer')).toMatchObject({ reply: { is: 'here', text: 'question!' } });
    await ann.run('message.delete', { ...(await at(ann, 'Bob', 'question!')), everyone: true });
    await quiet();
    for (const [loom, name] of [
      [ann, 'Bob'],
      [bob, 'Ann'],
    ] as const)
      expect(await find(loom, name, 'answer')).toMatchObject({ reply: { is: 'deleted', text: '' } });
  });

  it('to nothing is refused', async () => {
    await said('one');
    const { conversation } = await at(bob, 'Ann', 'one');
    const replyTo = { author: 'me', id: '0'.repeat(32) } as MessageRef;
    await expect(bob.run('message.send', { conversation, body: 'x', replyTo })).rejects.toMatchObject({
      code: 'message-unknown',
    });
  });
});

describe('an edit', () => {
  it('gives it other words on both sides, and keeps those of before', async () => {
    await said('tpyo');
    const ref = await at(ann, 'Bob', 'tpyo');
    expect(await ann.run('message.edit', { ...ref, body: 'typo' })).toMatchObject({ body: 'typo', edits: 1 });
    await ann.run('message.edit', { ...ref, body: 'typo!' });
    await quiet();
    const theirs = await find(bob, 'Ann', 'typo!');
    expect(theirs).toMatchObject({ id: ref.id, edits: 2 });
    const { versions } = await bob.run('message.info', await at(bob, 'Ann', 'typo!'));
    expect(versions.map(({ body }) => body)).toEqual(['tpyo', 'typo', 'typo!']);
    expect(bob.events.filter(({ event }) => event === 'message.changed').at(-1)).toMatchObject({
      data: { message: { body: 'typo!' }, act: 'edited', by: theirs.author },
    });
    expect(await bob.conversation('Ann')).toMatchObject({ lastMessage: { body: 'typo!' }, unread: 1 });
  });

  it('is of our own texts alone, of other words, and 20 at most', async () => {
    await said('hers');
    await expect(bob.run('message.edit', { ...(await at(bob, 'Ann', 'hers')), body: 'his' })).rejects.toMatchObject({
      code: 'message-not-yours',
    });
    const ref = await at(ann, 'Bob', 'hers');
    for (let n = 1; n <= EDITS; n += 1) await ann.run('message.edit', { ...ref, body: `hers ${n}` });
    // The same again changes nothing.
    await ann.run('message.edit', { ...ref, body: `hers ${EDITS}` });
    await expect(ann.run('message.edit', { ...ref, body: 'more' })).rejects.toMatchObject({ code: 'edits-too-many' });
    await quiet();
    expect(await find(bob, 'Ann', `hers ${EDITS}`)).toMatchObject({ edits: EDITS });
  });
});

describe('a reaction', () => {
  it('is one a person, seen on both sides, and can be taken back', async () => {
    await said('joke');
    const ref = await at(bob, 'Ann', 'joke');
    await bob.run('message.react', { ...ref, emoji: '😂' });
    expect(await bob.run('message.react', { ...ref, emoji: '❤' })).toMatchObject({
      reactions: [{ emoji: '❤️', by: ['me'], own: true }],
    });
    await ann.run('message.react', { ...(await at(ann, 'Bob', 'joke')), emoji: '❤️' });
    await quiet();
    const contact = (await ann.contact('Bob')).id;
    expect(await find(ann, 'Bob', 'joke')).toMatchObject({
      reactions: [{ emoji: '❤️', by: expect.arrayContaining(['me', contact]) as unknown, own: true }],
    });
    await bob.run('message.react', { ...ref, emoji: '' });
    await quiet();
    expect(await find(ann, 'Bob', 'joke')).toMatchObject({ reactions: [{ by: ['me'] }] });
    expect(await find(bob, 'Ann', 'joke')).toMatchObject({ reactions: [{ own: false }] });
  });

  it.each(['a', '😂😂', '1', '<b>'])('is no %j', async (emoji) => {
    await said('joke');
    await expect(bob.run('message.react', { ...(await at(bob, 'Ann', 'joke')), emoji })).rejects.toMatchObject({
      code: 'emoji-invalid',
    });
  });
});

describe('taking back', () => {
  it('leaves a tombstone on both sides, and none of the words', async () => {
    await said('first secret', 'after');
    const ref = await at(ann, 'Bob', 'first secret');
    await ann.run('message.edit', { ...ref, body: 'second secret' });
    await quiet();
    await bob.run('message.send', {
      ...{ conversation: (await at(bob, 'Ann', 'after')).conversation, body: 'what?' },
      replyTo: await within(bob, 'Ann', ref),
    });
    await bob.run('message.react', { ...(await at(bob, 'Ann', 'second secret')), emoji: '😂' });
    await quiet();
    await ann.run('message.delete', { ...ref, everyone: true });
    await quiet();
    for (const [loom, name] of [
      [ann, 'Bob'],
      [bob, 'Ann'],
    ] as const) {
      const [gone] = await loom.history(name);
      expect(gone).toMatchObject({ kind: 'deleted', body: '', id: ref.id });
      expect(gone).not.toHaveProperty('reactions');
      expect(JSON.stringify(await loom.run('message.info', refOf(gone!)).then(({ versions }) => versions))).toBe('[]');
      // Nothing of it in any row.
      const all = loom.profile.opened.store.messages.run(0, 1e9, 1000, 1e9).messages;
      expect(all.map(({ content }) => Buffer.from(content).toString()).join()).not.toContain('secret');
    }
    expect(await bob.conversation('Ann')).toMatchObject({ unread: 1 });
  });

  it('reaches what waits as well, and is never shown then', async () => {
    await said('one');
    await bob.stop();
    await ann.send('Bob', 'never');
    const ref = await at(ann, 'Bob', 'never');
    await ann.run('message.edit', { ...ref, body: 'never ever' });
    await ann.run('message.react', { ...ref, emoji: '😂' });
    await ann.run('message.delete', { ...ref, everyone: true });
    await ann.send('Bob', 'last');
    await bob.start();
    await town.until(async () => (await bob.texts('Ann', 'in')).includes('last'));
    await quiet();
    expect(await bob.texts('Ann', 'in')).toEqual(['one', 'last']);
    expect((await bob.history('Ann')).every(({ missing }) => missing === 0)).toBe(true);
    expect((await ann.history('Bob')).map(({ kind }) => kind)).toEqual(['text', 'deleted', 'text']);
    // The tombstone can go as well.
    await ann.run('message.delete', ref);
    expect((await ann.history('Bob')).map(({ body }) => body)).toEqual(['one', 'last']);
  });

  it('is refused for what they said', async () => {
    await said('hers');
    const ref = await at(bob, 'Ann', 'hers');
    await expect(bob.run('message.delete', { ...ref, everyone: true })).rejects.toMatchObject({
      code: 'message-not-yours',
    });
  });
});

describe('reading', () => {
  it('is told to who wrote it, up to where it was read', async () => {
    await said('one', 'two', 'three');
    const { conversation } = await bob.conversation('Ann').then(({ id }) => ({ conversation: id }));
    const [, two] = await bob.history('Ann');
    await bob.run('message.read', { conversation, upTo: two!.position });
    await quiet();
    const states = async (): Promise<string[]> => (await ann.history('Bob')).map(({ state }) => state);
    expect(await states()).toEqual(['read', 'read', 'delivered']);
    await bob.run('message.read', { conversation });
    await quiet();
    await town.until(async () => (await states()).at(-1) === 'read');
    expect(ann.events.filter(({ event }) => event === 'message.seen')).toHaveLength(2);
    const info = await ann.run('message.info', await at(ann, 'Bob', 'two'));
    expect(info.readAt).toBeGreaterThanOrEqual(info.deliveredAt!);
    await ann.stop();
    await ann.start();
    expect(await states()).toEqual(['read', 'read', 'read']);
  });

  it('waits once, however much is read meanwhile', async () => {
    await said('one', 'two');
    const { id: conversation } = await bob.conversation('Ann');
    await ann.stop();
    await town.until(() => bob.profile.opened.engine.links.all().length === 0);
    const [one] = await bob.history('Ann');
    await bob.run('message.read', { conversation, upTo: one!.position });
    await bob.run('message.read', { conversation });
    const { outbox, contacts } = bob.profile.opened.store;
    const [{ id, device }] = contacts.list() as [ReturnType<typeof contacts.list>[0]];
    expect(outbox.pending({ contact: id, device }, -Infinity, 10)).toHaveLength(1);
    await ann.start();
    await quiet();
    await town.until(async () => (await ann.history('Bob')).every(({ state }) => state === 'read'));
  });

  it('is not told of what lies behind one that is unread', async () => {
    await said('one', 'two', 'three');
    const { id: conversation } = await bob.conversation('Ann');
    const [one, , three] = await bob.history('Ann');
    await bob.run('message.read', { conversation, upTo: one!.position });
    // Taken back, it counts as read on their side.
    await ann.run('message.delete', { ...(await at(ann, 'Bob', 'three')), everyone: true });
    await quiet();
    await town.until(async () => (await bob.history('Ann')).at(-1)?.kind === 'deleted');
    await bob.run('message.read', { conversation, upTo: one!.position });
    await quiet();
    expect((await find(ann, 'Bob', 'two')).state).toBe('delivered');
    expect(bob.profile.opened.store.messages.lastSeen(conversation, -Infinity)?.id).toBe(one!.id);
    expect(three!.position).toBeGreaterThan(one!.position);
  });

  it('is not told any more once it is off, though it waits', async () => {
    await said('one');
    const { id: conversation } = await bob.conversation('Ann');
    await ann.stop();
    await town.until(() => bob.profile.opened.engine.links.all().length === 0);
    await bob.run('message.read', { conversation });
    const { outbox } = bob.profile.opened.store;
    expect(outbox.acts()).toMatchObject([{ as: 'receipt' }]);
    await bob.run('receipts.set', { on: false });
    expect(outbox.acts()).toEqual([]);
    await ann.start();
    await bob.send('Ann', 'back');
    await quiet();
    expect(await find(ann, 'Bob', 'one')).toMatchObject({ state: 'delivered' });
  });

  it('is not told in the same moment that it is turned off', async () => {
    await said('one');
    const { id: conversation } = await bob.conversation('Ann');
    await ann.stop();
    const { engine, store } = bob.profile.opened;
    await town.until(() => engine.links.all().length === 0);
    await engine.expiry.read(conversation);
    expect(await bob.run('receipts.get')).toEqual({ on: true });
    const off = engine.receipts.set(false, () => engine.outbox.withdrawal.receipts());
    await Promise.all([off, engine.outbox.sendReceipt(conversation)]);
    expect(store.outbox.acts()).toEqual([]);
  });

  it('is told on the next link when Loom ended right after it', async () => {
    await said('one');
    const { id: conversation } = await bob.conversation('Ann');
    await bob.profile.opened.engine.expiry.read(conversation);
    bob.kill();
    await bob.start();
    await town.until(async () => (await find(ann, 'Bob', 'one')).state === 'read');
  });

  it('is neither told nor taken when it is off', async () => {
    await said('one');
    await bob.run('receipts.set', { on: false });
    expect(await bob.run('receipts.get')).toEqual({ on: false });
    const { id: conversation } = await bob.conversation('Ann');
    await bob.run('message.read', { conversation });
    await bob.send('Ann', 'back');
    await quiet();
    await ann.run('message.read', { conversation: (await ann.conversation('Bob')).id });
    await quiet();
    expect(await find(ann, 'Bob', 'one')).toMatchObject({ state: 'delivered' });
    expect(await find(bob, 'Ann', 'back')).toMatchObject({ state: 'delivered' });
    await bob.stop();
    await bob.start();
    expect(await bob.run('receipts.get')).toEqual({ on: false });
  });

  it('is not told later, either, of what was read while it was off', async () => {
    await said('one');
    await bob.run('receipts.set', { on: false });
    await bob.run('message.read', { conversation: (await bob.conversation('Ann')).id });
    await bob.run('receipts.set', { on: true });
    await bob.stop();
    await bob.start();
    await town.online(bob, 'Ann');
    await quiet();
    expect(await find(ann, 'Bob', 'one')).toMatchObject({ state: 'delivered' });
  });
});

it('a copy says that it is one, and not whose', async () => {
  await said('news');
  const from = await at(bob, 'Ann', 'news');
  const notes = await bob.run('conversation.notes');
  await bob.run('message.forward', { from, conversation: notes.id });
  await bob.run('message.forward', { from, conversation: from.conversation });
  await quiet();
  expect((await ann.history('Bob')).at(-1)).toMatchObject({ body: 'news', forwarded: true, direction: 'in' });
  const [note] = (await bob.run('message.page', { conversation: notes.id })).messages;
  expect(note).toMatchObject({ body: 'news', forwarded: true });
  // Notes are edited and taken back as well, and nothing waits for anybody.
  await bob.run('message.edit', { conversation: notes.id, author: 'me', id: note!.id, body: 'old news' });
  await bob.run('message.react', { conversation: notes.id, author: 'me', id: note!.id, emoji: '😂' });
  await bob.run('message.delete', { conversation: notes.id, author: 'me', id: note!.id, everyone: true });
  const { messages } = await bob.run('message.page', { conversation: notes.id });
  expect(messages.map(({ kind }) => kind)).toEqual(['deleted']);
});

/** The same message, as another side names it. */
async function within(loom: TestLoom, name: string, { id }: MessageRef): Promise<Pick<MessageRef, 'author' | 'id'>> {
  const found = (await loom.history(name)).find((message) => message.id === id);
  return { author: found!.author, id };
}
