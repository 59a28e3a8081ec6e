// Drafts: told to every tab, written once a while, gone when they are sent or cleared.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ConversationId } from '../../contract/ids.ts';
import { DRAFTS_BYTES, MESSAGE_BYTES } from '../../contract/limits.ts';
import { anyId } from '../../testing/ids.ts';
import { turns } from '../../testing/passing-time.ts';
import { Town, type TestLoom } from '../../testing/test-loom.ts';
import { WRITE_MS } from './drafts.ts';

let town: Town;
let ann: TestLoom;
let bob: ConversationId;

beforeEach(async () => {
  town = new Town();
  ann = await town.make('Ann', { passphrase: 'correct horse battery' });
  await ann.add(await town.make('Bob'), 'Bob');
  bob = (await ann.contact('Bob')).conversation;
});
afterEach(() => town.end());

const bodies = async (): Promise<string[]> => (await ann.run('draft.list')).map(({ body }) => body);
const onDisk = (): string[] => ann.profile.opened.store.drafts.list().map(({ body }) => body);
const told = (): string[] =>
  ann.events.flatMap((event) => (event.event === 'draft.changed' ? event.data.draft.body : []));

/** Typed, and not waited for. */
function type(body: string): Promise<unknown> {
  return ann.run('draft.set', { conversation: bob, body });
}

async function written(): Promise<void> {
  town.clock.advance(WRITE_MS);
  await turns(10);
}

describe('a draft', () => {
  it('is told at once and written once, however many keys it took', async () => {
    const put = vi.spyOn(ann.profile.opened.store.drafts, 'put');
    const typing = ['h', 'he', 'hel', 'hell', 'hello'].map(type);
    expect(told()).toEqual(['h', 'he', 'hel', 'hell', 'hello']);
    expect([await bodies(), onDisk()]).toEqual([['hello'], []]);
    await written();
    const revisions = (await Promise.all(typing)).map((reply) => (reply as { revision: number }).revision);
    expect(revisions).toEqual([1, 2, 3, 4, 5]);
    expect(onDisk()).toEqual(['hello']);
    // Nothing new: nothing told, nothing written.
    await type('hello');
    expect(told()).toHaveLength(5);
    expect(put.mock.calls).toEqual([[bob, 'hello']]);
  });

  it('is there after a restart, also when the profile was closed within the second', async () => {
    void type('not sent yet');
    await ann.stop();
    await ann.start();
    await ann.run('vault.unlock', { passphrase: 'correct horse battery' });
    expect(await bodies()).toEqual(['not sent yet']);
  });

  it('is there after the lock, behind which nobody reads it', async () => {
    void type('not sent yet');
    await ann.run('vault.lock');
    await expect(ann.run('draft.list')).rejects.toMatchObject({ code: 'locked' });
    expect(ann.profile.events.since(ann.profile.events.boot, 0)?.map(({ event }) => event) ?? []).not.toContain(
      'draft.changed',
    );
    await ann.run('vault.unlock', { passphrase: 'correct horse battery' });
    expect(await bodies()).toEqual(['not sent yet']);
  });

  it('goes from the disk at once when it is sent or cleared', async () => {
    void type('almost');
    await written();
    expect(onDisk()).toEqual(['almost']);
    await type('');
    expect([onDisk(), await bodies(), told().at(-1)]).toEqual([[], [], '']);
  });

  it('goes with the contact, in memory and on the disk', async () => {
    const typing = type('to nobody any more');
    await ann.run('contact.remove', { contact: (await ann.contact('Bob')).id });
    await written();
    await typing;
    expect([await bodies(), onDisk()]).toEqual([[], []]);
    await expect(type('to nobody')).rejects.toMatchObject({ code: 'conversation-unknown' });
  });

  it('is told again to a tab that comes back, as it is by then', () => {
    const { boot, cursor } = ann.profile.events;
    for (const body of ['o', 'on', 'one']) void type(body);
    const missed = ann.profile.events.since(boot, cursor) ?? [];
    expect(missed.map(({ data }) => data)).toMatchObject([{ draft: { body: 'one', revision: 3 } }]);
  });

  it('is tried again when the disk works again', async () => {
    const { journal, drafts } = ann.profile.opened.store;
    const put = vi.spyOn(drafts, 'put').mockImplementation(() => {
      throw new Error('no room');
    });
    const typing = type('kept');
    await Promise.all([expect(typing).rejects.toThrow('no room'), written()]);
    put.mockRestore();
    expect([await bodies(), onDisk()]).toEqual([['kept'], []]);
    ann.profile.opened.engine.drafts.write();
    await journal.write(() => undefined);
    expect(onDisk()).toEqual(['kept']);
  });
});

it('has as many bytes as a message, and all of them together have a bound', async () => {
  const { id: notes } = await ann.run('conversation.notes');
  await expect(type('x'.repeat(MESSAGE_BYTES + 1))).rejects.toMatchObject({ code: 'message-too-large' });
  await expect(type('é'.repeat(MESSAGE_BYTES / 2 + 1))).rejects.toMatchObject({ code: 'message-too-large' });
  const names = Array.from({ length: DRAFTS_BYTES / MESSAGE_BYTES - 1 }, (_, number) => `Person ${number}`);
  const full = [bob];
  for (const name of names) {
    await ann.add(await town.make(name), name);
    full.push((await ann.contact(name)).conversation);
  }
  const typing = full.map((conversation) => ann.run('draft.set', { conversation, body: 'x'.repeat(MESSAGE_BYTES) }));
  await expect(ann.run('draft.set', { conversation: notes, body: 'x' })).rejects.toMatchObject({ code: 'too-many' });
  await Promise.all([...typing, written()]);
  await Promise.all([ann.run('draft.set', { conversation: bob, body: 'y' }), written()]);
  await Promise.all([ann.run('draft.set', { conversation: notes, body: 'x' }), written()]);
  expect(await bodies()).toHaveLength(full.length + 1);
});

it('is none of a conversation that is not there', async () => {
  const missing = anyId('ab'.repeat(16));
  await expect(ann.run('draft.set', { conversation: missing, body: 'x' })).rejects.toMatchObject({
    code: 'conversation-unknown',
  });
});
