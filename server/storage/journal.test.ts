import { directConversation } from './rows/conversation-rowids.ts';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { contactRecord, idOf, newMessage, refOf, tempStore, type TempStore } from '../testing/disk/temp-store.ts';
import { Database } from './database.ts';
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
  return again.messages.page(directConversation(CONTACT), null, 200, Infinity).messages.map(({ seq }) => seq);
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

test('work that throws costs itself alone', async () => {
  const told: unknown[] = [];
  store.journal.onFailure = (error) => told.push(error);
  store.journal.onUndone = () => told.push('undone');
  const before = store.journal.commits;
  const bug = new Error('a bug');
  const outcomes = await Promise.allSettled([
    store.journal.write(() => store.messages.append(newMessage(CONTACT, 1))),
    store.journal.write(() => {
      store.messages.append(newMessage(CONTACT, 2));
      store.settings.put('half', 'done');
      throw bug;
    }),
    store.journal.write(() => store.messages.append(newMessage(CONTACT, 3))),
  ]);
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect((outcomes[1] as PromiseRejectedResult).reason).toBe(bug);
  expect(told).toEqual(['undone']);
  expect(store.journal.commits).toBe(before + 1);
  expect(store.settings.get('half')).toBeUndefined();
  expect(await storedSeqs()).toEqual([1, 3]);
});

test('what throws is told before its promise rejects', async () => {
  const told: string[] = [];
  store.journal.onUndone = () => told.push('undone');
  const failed = store.journal
    .write(() => {
      throw new Error('a bug');
    })
    .catch(() => told.push('rejected'));
  expect(told).toEqual(['undone']);
  await failed;
  expect(told).toEqual(['undone', 'rejected']);
});

test('what a table forbids costs itself alone, and works the next time', async () => {
  const failures: unknown[] = [];
  store.journal.onFailure = (error) => failures.push(error);
  const message = newMessage(CONTACT, 1);
  await store.journal.write(() => store.messages.append(message));
  for (let round = 2; round < 5; round += 1) {
    const beside = store.journal.write(() => store.messages.append(newMessage(CONTACT, round)));
    const failed = store.journal.write(() => store.messages.append(message));
    await expect(failed).rejects.toMatchObject({ code: 'write-failed' });
    await beside;
  }
  expect(failures).toEqual([]);
  expect(await storedSeqs()).toEqual([1, 2, 3, 4]);
});

test('a damaged row costs the work that reads it, not those beside it', async () => {
  const failures: unknown[] = [];
  await store.journal.write(() => store.messages.append(newMessage(CONTACT, 1)));
  store.close();
  const database = new Database(temp.path);
  database.transaction(() => database.change('UPDATE message SET body = zeroblob(300)'));
  database.close();
  store = await temp.open();
  store.journal.onFailure = (error) => failures.push(error);
  const [beside, failed] = await Promise.allSettled([
    store.journal.write(() => store.settings.put('a', 1)),
    store.journal.write(() => store.messages.get(refOf(CONTACT, 'in', idOf(1)))),
  ]);
  expect(beside.status).toBe('fulfilled');
  expect(failed).toMatchObject({ status: 'rejected', reason: { code: 'damaged' } });
  expect(failures).toEqual([]);
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
