// A disk that refuses: nothing is acknowledged or shown as sent, nothing is lost, and it goes on when the disk does.
import { afterEach, expect, it, vi } from 'vitest';
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
  await ann.run('message.send', { contact: id, body: 'one' });
  await town.until(async () => (await bob.run('status.get')).storage === 'failing');
  await town.pass(3000);
  expect((await ann.history('Bob')).map(({ state }) => state)).not.toContain('delivered');
  expect(await bob.texts('Ann', 'in')).toEqual([]);
  mend();
  await town.until(async () => (await bob.texts('Ann', 'in')).length === 1);
  await town.until(async () => (await bob.run('status.get')).storage === 'ok');

  // Ours refuses: the sender is told, and may try again under the same id.
  const mendOurs = await refuseWrites(ann);
  const mid = 'cd'.repeat(16);
  const refused = ann.run('message.send', { contact: id, body: 'two', id: mid });
  await expect(refused).rejects.toMatchObject({ code: 'storage-failed' });
  mendOurs();
  await town.until(async () => (await ann.run('status.get')).storage === 'ok');
  await ann.run('message.send', { contact: id, body: 'two', id: mid });
  await town.until(async () => (await bob.texts('Ann', 'in')).length === 2);
  expect(await bob.texts('Ann', 'in')).toEqual(['one', 'two']);
  await town.until(async () => (await ann.history('Bob')).every(({ state }) => state === 'delivered'));
});

/** Every commit of this Loom's database fails from now on, and is rolled back for real. @returns what ends it. */
async function refuseWrites(loom: TestLoom): Promise<() => void> {
  const commit = vi.spyOn(Database.prototype, 'commit');
  await loom.profile.opened.store.journal.write(() => undefined);
  const theirs = commit.mock.contexts.at(-1);
  commit.mockRestore();
  const refusing = vi.spyOn(Database.prototype, 'commit').mockImplementation(function (this: Database) {
    if (this === theirs) throw new StorageError('write-failed', 'no space left');
    original.call(this);
  });
  return () => refusing.mockRestore();
}
