// Profiles as an earlier Loom left them, made by its own code (storage/testdata/README.md): everything is shown as before,
// and what waited arrives.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { ContactId } from '../../contract/ids.ts';
import { NO_MARKS } from '../../contract/marks.ts';
import type { Contact, ContactRequest, Direction, Invite } from '../../contract/model.ts';
import { directConversation } from '../../storage/rows/conversation-rowids.ts';
import { Town, type TestLoom } from '../../testing/test-loom.ts';

const DATA = join(import.meta.dirname, '../../storage/testdata/profile-4');

/** As that Loom put it: a contact was the conversation as well, and a direction all there was of an author. */
interface EarlierMessage {
  readonly contact: ContactId;
  readonly direction: Direction;
  readonly order: number;
  readonly introduced: object | null;
}

type EarlierContact = Omit<Contact, 'conversation' | 'ownName' | 'about' | 'picture'> & {
  readonly unread: number;
  readonly lastMessage: EarlierMessage;
};

interface Shown {
  readonly contacts: readonly EarlierContact[];
  readonly requests: readonly ContactRequest[];
  readonly invites: readonly Invite[];
  readonly bob: readonly EarlierMessage[];
  readonly dave: readonly EarlierMessage[];
}

const shown = JSON.parse(readFileSync(join(DATA, 'shown.json'), 'utf8')) as Shown;

/** The same as it is put now. */
function asNow({ contact, order, introduced, ...rest }: EarlierMessage): unknown {
  const author = rest.direction === 'out' ? 'me' : contact;
  const said = introduced ? { introduced } : {};
  return { ...rest, ...said, conversation: directConversation(contact), author, position: order };
}

let town: Town;
let ann: TestLoom;
let bob: TestLoom;

beforeEach(async () => {
  town = new Town();
  [ann, bob] = [await town.empty(), await town.empty()];
  for (const [loom, name] of [
    [ann, 'ann'],
    [bob, 'bob'],
  ] as const) {
    await loom.stop();
    rmSync(join(loom.folder, 'keys.previous.json'), { force: true });
    for (const file of ['loom.db-wal', 'loom.db-shm']) rmSync(join(loom.folder, file), { force: true });
    writeFileSync(join(loom.folder, 'loom.db'), gunzipSync(readFileSync(join(DATA, name, 'loom.db.gz'))), {
      mode: 0o600,
    });
    writeFileSync(join(loom.folder, 'keys.json'), readFileSync(join(DATA, name, 'keys.json')), { mode: 0o600 });
  }
});
afterEach(() => town.end());

it('shows everything as it was', async () => {
  await ann.start();
  // What is dialled right now is not of the profile.
  const contacts = (await ann.run('contact.list')).map((contact) => ({ ...contact, connection: 'offline' }));
  const expected = shown.contacts.map(({ unread, lastMessage, ...contact }) => {
    const conversation = directConversation(contact.id);
    return {
      contact: { ...contact, conversation, ownName: '', about: '', picture: null },
      conversation: {
        id: conversation,
        kind: 'direct',
        contact: contact.id,
        unread,
        lastMessage: asNow(lastMessage),
        marks: NO_MARKS,
        timer: 0,
      },
    };
  });
  expect(contacts).toEqual(expected.map(({ contact }) => contact));
  expect(await ann.run('conversation.list')).toEqual(expected.map(({ conversation }) => conversation));
  expect(await ann.run('request.list')).toEqual(shown.requests);
  expect(await ann.run('invite.list')).toEqual(shown.invites);
  expect(await ann.history('Bob')).toEqual(shown.bob.map(asNow));
  expect(await ann.history('Dave')).toEqual(shown.dave.map(asNow));
  expect(
    (await ann.history('Bob')).filter(({ missing }) => missing > 0).map(({ body, missing }) => [body, missing]),
  ).toEqual([['same id, after a hole', 2]]);
});

it('delivers what waited, in order, and goes on', async () => {
  await ann.start();
  await bob.start();
  await town.until(async () => (await bob.texts('Ann', 'in')).includes('waits 3'));
  expect((await bob.texts('Ann', 'in')).slice(-3)).toEqual(['waits 1', 'waits 2', 'waits 3']);
  // The number of the one that was withdrawn came as well.
  expect((await bob.history('Ann')).every(({ missing }) => missing === 0)).toBe(true);
  await town.until(async () => (await ann.contact('Bob')).queued === 0);
  await ann.send('Bob', 'and on');
  await bob.send('Ann', 'and back');
  await town.until(async () => (await bob.texts('Ann', 'in')).includes('and on'));
  await town.until(async () => (await ann.texts('Bob', 'in')).includes('and back'));
});

it('loses a contact with all that was said, and nothing else', async () => {
  await ann.start();
  const { id } = await ann.contact('Bob');
  await ann.run('contact.remove', { contact: id });
  await town.until(() => ann.profile.opened.store.contacts.removed().length === 0);
  await ann.stop();
  await ann.start();
  expect(await ann.history('Dave')).toEqual(shown.dave.map(asNow));
  expect(ann.profile.opened.store.outbox.total()).toBe(1);
});
