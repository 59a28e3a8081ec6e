// Rows put back while nobody had the profile open: each of them opens, and all of them are noticed.
import { copyFileSync } from 'node:fs';
import sqlite from 'node-sqlite3-wasm';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { putSmallTables } from '../../testing/disk/small-tables.ts';
import { contactRecord, idOf, newMessage, tempStore, type TempStore } from '../../testing/disk/temp-store.ts';
import { Database } from '../database.ts';
import type { Store } from '../profile-store.ts';
import { coveredTables } from './row-changes.ts';

let temp: TempStore;

beforeEach(async () => {
  temp = tempStore();
  let store = await temp.create();
  await store.journal.write(() => {
    putSmallTables(store, 1);
    store.contacts.put(contactRecord(3));
    store.messages.append(newMessage(idOf(1), 1));
  });
  store.close();
  copyFileSync(temp.path, `${temp.path}.old`);
  store = await temp.open();
  await store.journal.write(() => {
    putSmallTables(store, 2);
    store.contacts.remove(idOf(3));
    store.messages.append(newMessage(idOf(1), 2));
  });
  store.close();
});
afterEach(() => {
  vi.restoreAllMocks();
  temp.remove();
});

/** Lets `tamper` at the closed profile, with the older copy beside it as `old`, and opens what that leaves. */
async function tampered(tamper: string | ((database: sqlite.Database) => void)): Promise<Store> {
  const database = new sqlite.Database(temp.path);
  try {
    database.exec(`PRAGMA locking_mode = EXCLUSIVE; PRAGMA foreign_keys = OFF; ATTACH '${temp.path}.old' AS old`);
    if (typeof tamper === 'string') database.exec(tamper);
    else tamper(database);
  } finally {
    database.close();
  }
  return temp.open();
}

const put = (table: string): string => `
  UPDATE main.${table} SET body = (SELECT body FROM old.${table} AS old WHERE old.id = main.${table}.id)
  WHERE id = (SELECT min(id) FROM main.${table});`;

describe('an older row in the place of', () => {
  test('a contact: no longer blocked, verified again', async () => {
    const store = await tampered(put('contact'));
    expect(store.contacts.list().map(({ blocked, verified }) => [blocked, verified])).toEqual([
      [false, true],
      [true, false],
    ]);
    expect(temp.damaged).toEqual([]);
    expect(store.rowSet.noticed).toEqual(['contact']);
  });

  test('an invite: not used any more', async () => {
    const store = await tampered(put('invite'));
    expect(store.invites.get(idOf(71))?.used).toBeNull();
    expect(store.rowSet.noticed).toEqual(['invite']);
  });

  test('a request, and a setting', async () => {
    const store = await tampered(put('request') + put('setting'));
    expect(store.requests.get(idOf(81))?.name).toBe('Stranger 1');
    expect([1, 2].map((number) => store.settings.get(`setting ${number}`)).sort()).toEqual([1, 2]);
    expect(store.rowSet.noticed).toEqual(['request', 'setting']);
  });

  test('the identity', async () => {
    const store = await tampered('UPDATE main.profile SET identity = (SELECT identity FROM old.profile)');
    expect(store.identity.load()?.name).toBe('Ada 1');
    expect(store.rowSet.noticed).toEqual(['identity']);
  });

  test('the root alone, in the tables that have changed since', async () => {
    const store = await tampered('UPDATE main.profile SET row_set = (SELECT row_set FROM old.profile)');
    expect(store.rowSet.noticed).toEqual(coveredTables);
  });
});

describe('a row', () => {
  test.each(['contact', 'request', 'invite', 'setting'])('deleted from table %s', async (table) => {
    const store = await tampered(`DELETE FROM main.${table} WHERE id = (SELECT min(id) FROM main.${table})`);
    expect(store.rowSet.noticed).toEqual([table]);
  });

  test('emptied, or marked as removed', async () => {
    const store = await tampered(`
      UPDATE main.request SET body = x'';
      UPDATE main.contact SET identity = id WHERE id = (SELECT min(id) FROM main.contact)`);
    expect(store.contacts.list()).toHaveLength(1);
    expect(store.rowSet.noticed).toEqual(['contact', 'request']);
  });

  test('that was removed, put back', async () => {
    const columns = 'id, identity, out_seq, out_tag, in_seq, in_tag, body';
    const store = await tampered(`
      DELETE FROM main.contact WHERE identity = id;
      INSERT INTO main.contact (${columns}) SELECT ${columns} FROM old.contact WHERE number = 3`);
    expect(store.contacts.get(idOf(3))?.name).toBe('Contact 3');
    expect(store.rowSet.noticed).toEqual(['contact']);
  });

  test('put under another key as well', async () => {
    const store = await tampered(
      'INSERT INTO main.invite (id, body) SELECT randomblob(16), body FROM main.invite LIMIT 1',
    );
    expect(store.invites.list()).toHaveLength(2);
    expect(temp.damaged).toHaveLength(1);
    expect(store.rowSet.noticed).toEqual(['invite']);
  });

  test('added twice: what cancels out is counted', async () => {
    const again = `INSERT INTO main.invite SELECT number + 50, id, body FROM old.invite WHERE number = 1;`;
    const store = await tampered(`
      CREATE TABLE loose AS SELECT * FROM main.invite; DROP TABLE main.invite; ALTER TABLE loose RENAME TO invite;
      ${again}${again}`);
    expect(store.invites.list()).toHaveLength(4);
    expect(store.rowSet.noticed).toEqual(['invite']);
  });

  test('that is no row of ours in type or length', async () => {
    const store = await tampered(`
      UPDATE main.invite SET body = 'text' WHERE number = 1;
      UPDATE main.request SET body = 7, id = 'text' WHERE number = 1;
      UPDATE main.setting SET body = x'01'`);
    expect(store.rowSet.noticed).toEqual(['request', 'invite', 'setting']);
    expect([store.invites.list().length, store.requests.list().length]).toEqual([1, 1]);
  });
});

describe('the root', () => {
  test.each(['NULL', `x'0102'`, `'text'`, '7', 'identity'])('as %s: all is in doubt', async (value) => {
    const store = await tampered(`UPDATE main.profile SET row_set = ${value}`);
    expect(store.rowSet.noticed).toEqual(coveredTables);
    expect(store.contacts.list()).toHaveLength(2);
  });

  test('taken away, as if an earlier Loom had kept none', async () => {
    const store = await tampered('UPDATE main.profile SET row_set = NULL');
    expect(store.rowSet.noticed).toEqual(coveredTables);
  });

  test('taken away together with the identity', async () => {
    const store = await tampered('UPDATE main.profile SET row_set = NULL, identity = NULL');
    expect(store.rowSet.noticed).toEqual(coveredTables);
  });
});

test('a trigger in the file is thrown out before it does anything', async () => {
  const store = await tampered(`
    CREATE TABLE kept AS SELECT * FROM old.invite;
    CREATE VIEW "a ""view" AS SELECT 1;
    CREATE TRIGGER main."put it back" AFTER INSERT ON message BEGIN UPDATE invite SET body = (SELECT body FROM kept); END`);
  expect(store.rowSet.noticed).toEqual(coveredTables);
  await store.journal.write(() => store.messages.append(newMessage(idOf(1), 3)));
  expect(store.invites.get(idOf(71))?.used).not.toBeNull();
});

describe('what was noticed', () => {
  let store: Store;
  beforeEach(async () => {
    store = await tampered(put('contact'));
  });

  test('is noticed until it is dismissed, whatever else is written', async () => {
    await store.journal.write(() => store.settings.put('setting 1', 3));
    store = await temp.reopen();
    expect(store.rowSet.noticed).toEqual(['contact']);
    await store.journal.write(() => store.rowSet.dismiss());
    expect(store.rowSet.noticed).toEqual([]);
    store = await temp.reopen();
    expect(store.rowSet.noticed).toEqual([]);
  });

  test('stays when its dismissal is undone', async () => {
    const beside = store.journal.write(() => store.settings.put('setting 1', 3));
    const undone = store.journal.write(() => {
      store.rowSet.dismiss();
      throw new Error('a bug');
    });
    await expect(undone).rejects.toThrow('a bug');
    await beside;
    expect(store.rowSet.noticed).toEqual(['contact']);
    expect((await temp.reopen()).rowSet.noticed).toEqual(['contact']);
  });

  test('stays when everything is sealed anew', async () => {
    await store.changePassphrase('', 'a passphrase');
    while (await store.resealer.step());
    expect(store.rowSet.noticed).toEqual(['contact']);
    expect((await temp.reopen('a passphrase')).rowSet.noticed).toEqual(['contact']);
  });

  test('is joined by what is changed the next time', async () => {
    store.close();
    store = await tampered(put('invite'));
    expect(store.rowSet.noticed).toEqual(['contact', 'invite']);
  });
});

test('the root is written once by a transaction that changes small tables, and by no other', async () => {
  const store = await temp.open();
  const changes = vi.spyOn(Database.prototype, 'change');
  const roots = (): number => changes.mock.calls.filter(([sql]) => sql.includes('row_set')).length;
  await store.journal.write(() => {
    store.contacts.setInSeq(idOf(1), 3);
    store.messages.append(newMessage(idOf(1), 3));
    store.messages.markRead(idOf(1), 9);
  });
  expect(roots()).toBe(0);
  const works = Array.from({ length: 20 }, (_, index) =>
    store.journal.write(() => store.settings.put(`setting ${index}`, index)),
  );
  await Promise.all(works);
  expect(roots()).toBe(1);
});
