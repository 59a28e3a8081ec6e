// Pinned, muted, archived, as unread: kept over restarts, known here alone, and what ends by itself.
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { ConversationId } from '../../contract/ids.ts';
import { MUTE_SECONDS } from '../../contract/limits.ts';
import { NO_MARKS, type ConversationMarks } from '../../contract/marks.ts';
import { Town, type TestLoom } from '../../testing/test-loom.ts';

const HOUR = 60 * 60;

let town: Town;
let ann: TestLoom;
let bob: TestLoom;
let conversation: ConversationId;

beforeEach(async () => {
  town = new Town();
  ({ ann, bob } = await town.pair());
  ({ conversation } = await ann.contact('Bob'));
});
afterEach(() => town.end());

async function marks(): Promise<ConversationMarks | undefined> {
  return (await ann.run('conversation.list')).find(({ id }) => id === conversation)?.marks;
}

const told = (): ConversationMarks | undefined =>
  ann.events.flatMap((event) => (event.event === 'conversation.changed' ? event.data.conversation.marks : [])).at(-1);

it('are none at first, kept over a restart, and told to tabs', async () => {
  expect(await marks()).toEqual(NO_MARKS);
  const { marks: pinned } = await ann.run('conversation.pin', { conversation, pinned: true });
  expect(pinned).toEqual({ ...NO_MARKS, pinnedAt: town.clock.now() });
  town.clock.advance(5);
  // Once more it stays where it is.
  expect((await ann.run('conversation.pin', { conversation, pinned: true })).marks).toEqual(pinned);
  await ann.run('conversation.mute', { conversation, seconds: null });
  await ann.run('conversation.unread', { conversation, unread: true });
  const all = { pinnedAt: pinned.pinnedAt, muted: { until: null }, archived: false, unread: true };
  expect(told()).toEqual(all);
  await ann.stop();
  await ann.start();
  expect(await marks()).toEqual(all);
  await ann.run('conversation.pin', { conversation, pinned: false });
  await ann.run('conversation.mute', { conversation, seconds: 0 });
  await ann.run('conversation.unread', { conversation, unread: false });
  expect(await marks()).toEqual(NO_MARKS);
  expect(ann.profile.opened.store.marks.list()).toEqual([]);
});

it('muted ends by itself, also when that was while nobody had it open', async () => {
  await ann.run('conversation.mute', { conversation, seconds: HOUR });
  expect(await marks()).toMatchObject({ muted: { until: town.clock.now() + HOUR * 1000 } });
  await town.pass(HOUR * 1000 - 1000);
  expect(told()).toMatchObject({ muted: {} });
  await town.pass(2000);
  expect([await marks(), told()]).toEqual([NO_MARKS, NO_MARKS]);

  await ann.run('conversation.mute', { conversation, seconds: HOUR });
  await ann.stop();
  town.clock.advance(HOUR * 1000);
  await ann.start();
  expect(await marks()).toEqual(NO_MARKS);
  await town.until(() => ann.profile.opened.store.marks.list().length === 0);
  await expect(ann.run('conversation.mute', { conversation, seconds: MUTE_SECONDS })).resolves.toBeDefined();
});

it('archived comes back with what they or we write, unless it is muted', async () => {
  const archive = () => ann.run('conversation.archive', { conversation, archived: true });
  await archive();
  await bob.send('Ann', 'hello');
  await town.until(() => told()?.archived === false);
  expect(await marks()).toEqual(NO_MARKS);
  await archive();
  await ann.send('Bob', 'hello yourself');
  await town.until(async () => (await marks())?.archived === false);
  await ann.run('conversation.mute', { conversation, seconds: null });
  await archive();
  await bob.send('Ann', 'are you there?');
  await town.until(async () => (await ann.texts('Bob', 'in')).includes('are you there?'));
  expect(await marks()).toMatchObject({ archived: true });
});

it('as unread ends when it is read, and makes nothing in it unread', async () => {
  await ann.run('message.read', { conversation });
  const marked = await ann.run('conversation.unread', { conversation, unread: true });
  expect(marked).toMatchObject({ unread: 0, marks: { unread: true } });
  expect(await ann.run('message.read', { conversation })).toMatchObject({ marks: NO_MARKS });
  expect(told()).toEqual(NO_MARKS);
});

it('go with the contact', async () => {
  await ann.run('conversation.archive', { conversation, archived: true });
  await ann.run('contact.remove', { contact: (await ann.contact('Bob')).id });
  expect(ann.profile.opened.store.marks.list()).toEqual([]);
  await expect(ann.run('conversation.pin', { conversation, pinned: true })).rejects.toMatchObject({
    code: 'conversation-unknown',
  });
});
