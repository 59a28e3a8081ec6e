// Notes to ourselves: a conversation without a contact. Kept, paged, deleted like any other; sent to nobody.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { ConversationId } from '../../contract/ids.ts';
import { Town, type TestLoom } from '../../testing/test-loom.ts';
import { anyId } from '../../testing/ids.ts';

let town: Town;
let ann: TestLoom;
let bob: TestLoom;
let notes: ConversationId;

beforeEach(async () => {
  town = new Town();
  ({ ann, bob } = await town.pair());
  notes = (await ann.run('conversation.notes')).id;
});
afterEach(() => town.end());

const bodies = async (): Promise<string[]> => (await ann.said(notes)).map(({ body }) => body);

it('are begun once, and listed beside the conversations with contacts', async () => {
  expect((await ann.run('conversation.notes')).id).toBe(notes);
  const kinds = (await ann.run('conversation.list')).map(({ kind }) => kind);
  expect(kinds).toEqual(['direct', 'notes']);
  expect((await bob.run('conversation.list')).map(({ kind }) => kind)).toEqual(['direct']);
});

it('keep what is written, in order, over a restart, and it waits for nobody and goes to nobody', async () => {
  const before = (await bob.history('Ann')).length;
  for (const body of ['one', 'two', 'three']) await ann.run('message.send', { conversation: notes, body });
  const said = await ann.said(notes);
  expect(said.map(({ body, author, direction, state }) => [body, author, direction, state])).toEqual(
    ['one', 'two', 'three'].map((body) => [body, 'me', 'out', 'delivered']),
  );
  expect(ann.profile.opened.store.outbox.total()).toBe(0);
  await ann.stop();
  await ann.start();
  expect(await bodies()).toEqual(['one', 'two', 'three']);
  expect((await ann.run('conversation.notes')).lastMessage?.body).toBe('three');
  await town.pass(2000);
  expect(await bob.history('Ann')).toHaveLength(before);
});

it('are told to tabs as they are written and deleted', async () => {
  const { id } = await ann.run('message.send', { conversation: notes, body: 'short-lived' });
  await ann.run('message.delete', { conversation: notes, author: 'me', id });
  expect(await bodies()).toEqual([]);
  const told = ann.events.filter(({ data }) => 'conversation' in data && data.conversation === notes);
  expect(told.map(({ event }) => event)).toContain('message.deleted');
  await ann.run('message.send', { conversation: notes, body: 'stays not either' });
  await ann.run('conversation.clear', { conversation: notes });
  expect(await bodies()).toEqual([]);
});

it('take the same note once, by its id', async () => {
  const note = { conversation: notes, body: 'once', id: anyId('ab'.repeat(16)) };
  await ann.run('message.send', note);
  await ann.run('message.send', note);
  await expect(ann.run('message.send', { ...note, body: 'other' })).rejects.toMatchObject({ code: 'message-id-taken' });
  expect(await bodies()).toEqual(['once']);
});

it('stand sealed on the disk, and outlast every contact', async () => {
  await ann.run('message.send', { conversation: notes, body: 'a secret of mine' });
  await ann.run('contact.remove', { contact: (await ann.contact('Bob')).id });
  await town.until(() => ann.profile.opened.store.contacts.removed().length === 0);
  expect(await bodies()).toEqual(['a secret of mine']);
  await ann.stop();
  for (const name of readdirSync(ann.folder)) {
    expect(readFileSync(join(ann.folder, name)).includes('a secret of mine'), name).toBe(false);
  }
});

it('are nobody else’s: an id of a contact is no conversation', async () => {
  const { id } = await ann.contact('Bob');
  await expect(ann.run('message.page', { conversation: anyId(id) })).rejects.toMatchObject({
    code: 'conversation-unknown',
  });
  await expect(ann.run('typing.set', { conversation: anyId(id), typing: true })).rejects.toMatchObject({
    code: 'conversation-unknown',
  });
});
