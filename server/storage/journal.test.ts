import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { contactRecord, idOf, newMessage, tempStore, type TempStore } from '../testing/temp-store.ts';
import { Database } from './database.ts';
import { StorageError } from './errors.ts';
import { GroupJournal } from './journal.ts';
import type { Store } from './profile-store.ts';

const CONTACT = idOf(1);

let temp: TempStore;
let store: Store;

beforeEach(async () => {
  temp = tempStore();
  store = await temp.create();
  await store.journal.write(() => store.contacts.put(contactRecord(1)));
});
afterEach(() => temp.remove());

/** What another look at the disk finds: copies are made as a crash at this moment would leave them. */
async function storedSeqs(): Promise<number[]> {
  const again = await temp.reopen();
  return again.messages.page(CONTACT, null, 200, Infinity).messages.map(({ seq }) => seq);
}

test('all writes of a turn are one transaction', async () => {
  const before = store.journal.commits;
  const written = [1, 2, 3, 4, 5].map((seq) =>
    store.journal.write(() => store.messages.append(newMessage(CONTACT, seq))),
  );
  expect(store.journal.commits).toBe(before);
  expect(await Promise.all(written)).toEqual([1, 2, 3, 4, 5]);
  expect(store.journal.commits).toBe(before + 1);
  await store.journal.write(() => store.messages.append(newMessage(CONTACT, 6)));
  expect(store.journal.commits).toBe(before + 2);
});

test('work runs at once, and its writes are seen at once', async () => {
  const written = store.journal.write(() => store.settings.put('theme', 'dark'));
  expect(store.settings.get('theme')).toBe('dark');
  await written;
});

test('a promise resolves only after the commit', async () => {
  let resolved = false;
  const written = store.journal.write(() => store.settings.put('a', 1)).then(() => (resolved = true));
  await Promise.resolve();
  await Promise.resolve();
  expect(resolved).toBe(false);
  store.journal.flush();
  await written;
  expect(resolved).toBe(true);
});

test('flush commits now, and nothing when nothing is open', () => {
  const before = store.journal.commits;
  store.journal.flush();
  expect(store.journal.commits).toBe(before);
  void store.journal.write(() => store.settings.put('a', 1));
  store.journal.flush();
  expect(store.journal.commits).toBe(before + 1);
});

test('a long batch is committed on the way', async () => {
  const before = store.journal.commits;
  const written: Promise<void>[] = [];
  for (let n = 0; n < 2500; n += 1) written.push(store.journal.write(() => undefined));
  expect(store.journal.commits).toBe(before + 2);
  await Promise.all(written);
  expect(store.journal.commits).toBe(before + 3);
});

test('when one work throws, nothing of the batch is stored and everybody is told', async () => {
  const failures: unknown[] = [];
  store.journal.onFailure = (error) => failures.push(error);
  const before = store.journal.commits;
  const bug = new Error('a bug');
  const outcomes = await Promise.allSettled([
    store.journal.write(() => store.messages.append(newMessage(CONTACT, 1))),
    store.journal.write(() => {
      store.messages.append(newMessage(CONTACT, 2));
      throw bug;
    }),
    // The batch has ended: this begins another.
    store.journal.write(() => store.messages.append(newMessage(CONTACT, 3))),
  ]);
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'fulfilled']);
  const [innocent, guilty] = outcomes.map((outcome) => (outcome as PromiseRejectedResult).reason as unknown);
  expect(innocent).toBeInstanceOf(StorageError);
  expect(innocent).toMatchObject({ code: 'write-failed', cause: bug });
  expect(guilty).toBe(bug);
  expect(failures).toEqual([(outcomes[0] as PromiseRejectedResult).reason]);
  expect(store.journal.commits).toBe(before + 1);
  expect(await storedSeqs()).toEqual([3]);
});

test('the failure is told before any promise rejects', async () => {
  const told: string[] = [];
  store.journal.onFailure = () => told.push('failure');
  const failed = store.journal
    .write(() => {
      throw new Error('a bug');
    })
    .catch(() => told.push('rejected'));
  expect(told).toEqual(['failure']);
  await failed;
  expect(told).toEqual(['failure', 'rejected']);
});

test('a statement that SQLite refuses fails the batch, and works the next time', async () => {
  const message = newMessage(CONTACT, 1);
  await store.journal.write(() => store.messages.append(message));
  for (let round = 0; round < 3; round += 1) {
    const failed = store.journal.write(() => store.messages.append(message));
    await expect(failed).rejects.toMatchObject({ code: 'write-failed' });
  }
  await store.journal.write(() => store.messages.append(newMessage(CONTACT, 2)));
  expect(await storedSeqs()).toEqual([1, 2]);
});

test('a message for nobody is refused', async () => {
  const failed = store.journal.write(() => store.messages.append(newMessage(idOf(99), 1)));
  await expect(failed).rejects.toMatchObject({ code: 'write-failed' });
});

test('a commit that fails rejects everybody, rolls back, and the next one works', async () => {
  store.close();
  const database = new Database(temp.path);
  const journal = new GroupJournal(database);
  await journal.write(() =>
    database.script(`
      CREATE TABLE parent (id INTEGER PRIMARY KEY);
      CREATE TABLE child (parent INTEGER REFERENCES parent (id) DEFERRABLE INITIALLY DEFERRED)`),
  );
  const failures: unknown[] = [];
  journal.onFailure = (error) => failures.push(error);
  const outcomes = await Promise.allSettled([
    journal.write(() => database.change('INSERT INTO parent VALUES (1)')),
    journal.write(() => database.change('INSERT INTO child VALUES (7)')),
    journal.write(() => database.change('INSERT INTO parent VALUES (2)')),
  ]);
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
  expect(failures).toHaveLength(1);
  expect(database.rows('SELECT id FROM parent')).toHaveLength(0);
  await journal.write(() => database.change('INSERT INTO parent VALUES (3)'));
  expect(database.rows('SELECT id FROM parent').map((row) => row.number('id'))).toEqual([3]);
  database.close();
});

test('nested and asynchronous work are bugs, and store nothing', async () => {
  const nested = store.journal.write(() => {
    void store.journal.write(() => store.settings.put('inner', 1));
  });
  await expect(nested).rejects.toThrow('inside journal.write');
  const asynchronous = store.journal.write(async () => {
    store.settings.put('late', 1);
    await turn();
  });
  await expect(asynchronous).rejects.toThrow('no asynchronous work');
  expect([store.settings.get('inner'), store.settings.get('late')]).toEqual([undefined, undefined]);
});

test('nothing changes outside of a write', () => {
  expect(() => store.settings.put('a', 1)).toThrow('outside');
  expect(() => store.contacts.remove(CONTACT)).toThrow('outside');
});
