// A disk that refuses: nothing is acknowledged or shown as sent, nothing is lost, and it goes on when the disk does.
import { directConversation } from '../storage/rows/conversation-rowids.ts';
import { afterEach, expect, it, vi } from 'vitest';
import { anyId } from '../testing/ids.ts';
import { Database } from '../storage/database.ts';
import { StorageError } from '../storage/errors.ts';
import { Town, type TestLoom } from '../testing/test-loom.ts';

const town = new Town();

// eslint-disable-next-line @typescript-eslint/unbound-method -- called with the database it is of
const original = Database.prototype.commit;

afterEach(() => town.end());

it('loses nothing while the disk of either side refuses writes', async () => {
  const { ann, bob } = await town.pair();
  const { id } = await ann.contact('Bob');

  // Theirs refuses: nothing is delivered, nothing is lost.
  const mend = await refuseWrites(bob);
  await ann.run('message.send', { conversation: directConversation(id), body: 'one' });
  await town.until(async () => (await bob.run('status.get')).storage === 'failing');
  await town.pass(3000);
  expect((await ann.history('Bob')).map(({ state }) => state)).not.toContain('delivered');
  expect(await bob.texts('Ann', 'in')).toEqual([]);
  mend();
  await town.until(async () => (await bob.texts('Ann', 'in')).length === 1);
  await town.until(async () => (await bob.run('status.get')).storage === 'ok');

  // Ours refuses: the sender is told, and may try again under the same id.
  const mendOurs = await refuseWrites(ann);
  const mid = anyId('cd'.repeat(16));
  const refused = ann.run('message.send', { conversation: directConversation(id), body: 'two', id: mid });
  await expect(refused).rejects.toMatchObject({ code: 'storage-failed' });
  mendOurs();
  await town.until(async () => (await ann.run('status.get')).storage === 'ok');
  await ann.run('message.send', { conversation: directConversation(id), body: 'two', id: mid });
  await town.until(async () => (await bob.texts('Ann', 'in')).length === 2);
  expect(await bob.texts('Ann', 'in')).toEqual(['one', 'two']);
  await town.until(async () => (await ann.history('Bob')).every(({ state }) => state === 'delivered'));
});

it('an acknowledgement our disk refuses comes again, and their side has the message once', async () => {
  const { ann, bob } = await town.pair();
  const { id } = await ann.contact('Bob');
  const told = (): number =>
    ann.events.filter(({ event, data }) => event === 'message.state' && data.state === 'delivered').length;
  const database = await databaseOf(ann);
  let mend: (() => void) | null = null;
  const end = ann.profile.events.subscribe(({ event, data }) => {
    if (event === 'message.state' && data.state === 'delivered') mend ??= refuseCommits(database);
  });
  await ann.run('message.send', { conversation: directConversation(id), body: 'one' });
  await town.until(async () => (await ann.run('status.get')).storage === 'failing');
  end();
  expect(told()).toBe(1);
  expect((await ann.history('Bob')).map(({ state }) => state)).not.toContain('delivered');
  mend!();
  await town.until(async () => (await ann.history('Bob')).every(({ state }) => state === 'delivered'));
  expect(told()).toBe(2);
  expect(await bob.texts('Ann', 'in')).toEqual(['one']);
});

it('a lock in the middle of a removal is no trouble of the disk', async () => {
  const { ann } = await town.pair();
  const carl = await town.make('Carl');
  await ann.add(carl, 'Carl');
  await carl.add(ann, 'Ann');
  await town.online(ann, 'Carl');
  await ann.run('vault.passphrase', { current: '', next: 'p' });
  const removal = ann.run('contact.remove', { contact: (await ann.contact('Bob')).id });
  const [removed, locked] = await Promise.allSettled([removal, ann.run('vault.lock')]);
  expect(locked.status).toBe('fulfilled');
  if (removed.status === 'rejected') expect(removed.reason).toMatchObject({ code: 'storage-failed' });
  await town.pass(5000);
  expect(ann.events.filter(({ event }) => event === 'storage.changed')).toEqual([]);
  expect((await ann.run('status.get')).storage).toBe('ok');
});

it('a start that fails leaves the database unlocked', async () => {
  const ann = await town.make('Ann');
  await ann.stop();
  const path = `${ann.folder}/loom.db`;
  const database = new Database(path);
  database.transaction(() => database.change("UPDATE profile SET identity = x'00'"));
  database.close();
  await expect(ann.start()).rejects.toMatchObject({ code: 'damaged' });
  // Ours again at once, were it only mended.
  const again = new Database(path);
  again.close();
});

/** Every commit of this Loom's database fails from now on, and is rolled back for real. @returns what ends it. */
async function refuseWrites(loom: TestLoom): Promise<() => void> {
  return refuseCommits(await databaseOf(loom));
}

async function databaseOf(loom: TestLoom): Promise<Database> {
  const commit = vi.spyOn(Database.prototype, 'commit');
  await loom.profile.opened.store.journal.write(() => undefined);
  const theirs = commit.mock.contexts.at(-1);
  commit.mockRestore();
  if (!(theirs instanceof Database)) throw new Error('nothing was committed');
  return theirs;
}

function refuseCommits(database: Database): () => void {
  const refusing = vi.spyOn(Database.prototype, 'commit').mockImplementation(function (this: Database) {
    if (this === database) throw new StorageError('write-failed', 'no space left');
    original.call(this);
  });
  return () => refusing.mockRestore();
}
