// A blocked contact unblocked by putting their old row back: it opens, it is told everywhere, and somebody says they checked.
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import type { ContactId } from '../../contract/ids.ts';
import { Database } from '../../storage/database.ts';
import { Town, type TestLoom } from '../../testing/test-loom.ts';

const town = new Town();
afterEach(() => town.end());

/** Ann's row of Bob as it was before she blocked him, in the place of the one there is. */
async function unblockedByHand(): Promise<{ ann: TestLoom; contact: ContactId }> {
  const [ann, bob] = [await town.make('Ann'), await town.make('Bob')];
  await ann.add(bob, 'Bob');
  const { id } = await ann.contact('Bob');
  const before = await closed(ann, (database) => database.row('SELECT identity, body FROM contact'));
  await ann.run('contact.block', { contact: id, blocked: true });
  await closed(ann, (database) => {
    const values = [before?.bytes('identity') ?? null, before?.bytes('body') ?? null] as const;
    database.transaction(() => database.change('UPDATE contact SET identity = ?, body = ?', ...values));
  });
  return { ann, contact: id };
}

/** Something done to the files of a Loom that is not running; it runs again afterwards. */
async function closed<T>(loom: TestLoom, work: (database: Database) => T): Promise<T> {
  await loom.stop();
  const database = new Database(join(loom.folder, 'loom.db'));
  try {
    return work(database);
  } finally {
    database.close();
    await loom.start();
  }
}

it('is told by identity, status and doctor until somebody says they have checked', async () => {
  const { ann, contact } = await unblockedByHand();
  expect((await ann.run('contact.list'))[0]).toMatchObject({ id: contact, blocked: false });
  const told = async (): Promise<unknown> => {
    const [identity, status] = [await ann.run('identity.get'), await ann.run('status.get')];
    const { findings } = await ann.run('network.doctor', {});
    return [identity?.changedWhileClosed, status.changedWhileClosed, findings.includes('files-changed')];
  };
  expect(await told()).toEqual([['contact'], ['contact'], true]);
  // Blocking somebody is no answer to it: other rows may be old, too.
  await ann.run('contact.block', { contact, blocked: true });
  await ann.stop();
  await ann.start();
  expect(await told()).toEqual([['contact'], ['contact'], true]);
  expect(await ann.run('vault.checked')).toMatchObject({ changedWhileClosed: [] });
  expect(ann.events.at(-1)).toMatchObject({
    event: 'identity.changed',
    data: { identity: { changedWhileClosed: [] } },
  });
  expect(await told()).toEqual([[], [], false]);
  await ann.stop();
  await ann.start();
  expect(await told()).toEqual([[], [], false]);
});
