// A database somebody else had in hand: any two cells of a table swapped, in every column, and single bits turned.
// Whatever still opens must be exactly what was written, under its own id; the rest is said to be damaged.
import { directConversation } from '../rows/conversation-rowids.ts';
import { copyFileSync } from 'node:fs';
import sqlite from 'node-sqlite3-wasm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  contactRecord,
  deviceOf,
  idOf,
  newMessage,
  outboxFacts,
  plain,
  refOf,
  tempStore,
  type TempStore,
} from '../../testing/disk/temp-store.ts';
import { asIdentityKey, asPresenceKey, asStaticKey } from '../../testing/keys.ts';
import { StorageError } from '../errors.ts';
import type { Store } from '../profile-store.ts';

const CONTACTS = [idOf(1), idOf(2)];

let temp: TempStore;
let original: ReadonlySet<string>;

beforeAll(async () => {
  temp = tempStore();
  const store = await temp.create();
  await store.journal.write(() => fill(store));
  store.close();
  original = new Set(readAll(await temp.open()).records);
  (await temp.reopen()).close();
  copyFileSync(temp.path, `${temp.path}.kept`);
});
afterAll(() => temp.remove());

function fill(store: Store): void {
  const keys = { masterSeed: new Uint8Array(32), presenceKey: asPresenceKey(new Uint8Array(32)) };
  store.identity.save({ ...keys, name: 'Ada', device: 0, generation: 0, createdAt: 1 });
  for (const [index, contact] of CONTACTS.entries()) {
    store.contacts.put(contactRecord(index + 1, { outSeq: 10 + index, inSeq: 20 + index }));
    for (const seq of [1, 2]) {
      const number = index * 10 + seq;
      store.messages.append(newMessage(contact, number, { seq, state: seq === 1 ? 'read' : 'received' }));
      const position = store.messages.append(newMessage(contact, number, { seq, direction: 'out' }));
      const envelope = new Uint8Array(40).fill(number);
      const facts = outboxFacts({ contact, id: idOf(number), seq, position, hidden: seq === 2 });
      store.outbox.add({ ...facts, session: idOf(60 + number), envelope });
      const state = new Uint8Array(40).fill(number);
      store.sessions.save(contact, 0, { id: idOf(60 + number), role: 'current', since: number, state });
    }
    const key = new Uint8Array(32).fill(90 + index);
    const ik = asIdentityKey(key);
    const request = {
      ik,
      staticKey: asStaticKey(key),
      device: 0,
      generation: 0,
      name: `Stranger ${index}`,
      address: null,
      at: 5,
    };
    store.requests.put({ id: idOf(80 + index), ...request });
    const used = index === 0 ? null : { at: 7, ik };
    const invite = { secret: key, token: `LOOM-${index}`, createdAt: 6, expiresAt: null, revokedAt: null, used };
    store.invites.put({ id: idOf(70 + index), ...invite });
    store.settings.put(`setting ${index}`, index);
  }
}

/** Every record by every way there is, each as text that says where it was found; and the damage met on the way. */
function readAll(store: Store): { records: string[]; damage: number } {
  const records: string[] = [];
  let damage = 0;
  const read = (where: string, action: () => object | null | readonly object[]): void => {
    try {
      const found = action();
      for (const record of [found ?? []].flat()) {
        records.push(where + JSON.stringify(plain(record), (_key, value: unknown) => readable(value)));
      }
    } catch (error) {
      if (!(error instanceof StorageError) || error.code !== 'damaged') throw error;
      damage += 1;
    }
  };
  read('identity', () => store.identity.load());
  read('contacts', () => store.contacts.list());
  read('requests', () => store.requests.list());
  read('invites', () => store.invites.list());
  for (const number of [1, 2]) {
    read(`contact ${number}`, () => store.contacts.get(idOf(number)));
    read(`contact ${number}`, () => store.contacts.byIdentity(contactRecord(number).ik));
    read(`request ${number}`, () => store.requests.get(idOf(79 + number)));
    read(`request ${number}`, () => store.requests.byIdentity(asIdentityKey(new Uint8Array(32).fill(89 + number))));
    read(`invite ${number}`, () => store.invites.get(idOf(69 + number)));
    read(`setting ${number}`, () => [{ value: store.settings.get(`setting ${number - 1}`) ?? null }]);
  }
  for (const contact of CONTACTS) {
    read(`page ${contact}`, () => store.messages.page(directConversation(contact), null, 50, Infinity).messages);
    read(`outbox ${contact}`, () => store.outbox.pending(deviceOf(contact), 0, 50).filter(({ envelope }) => envelope));
    read(`sessions ${contact}`, () => store.sessions.load(contact, 0).map(plain));
    for (const number of [1, 2, 11, 12].map(idOf)) {
      for (const direction of ['in', 'out'] as const) {
        read(`message ${contact} ${number}`, () => store.messages.get(refOf(contact, direction, number)));
      }
    }
    for (const position of [2, 4]) {
      const row = (): object[] =>
        [store.outbox.get(deviceOf(contact), position)].filter((found) => found?.envelope).flatMap((f) => f ?? []);
      read(`row ${contact} ${position}`, row);
    }
  }
  return { records, damage };
}

function readable(value: unknown): unknown {
  return value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value;
}

/** Restores the database, lets `tamper` at it, and reads what is left. */
async function afterTampering(
  tamper: (database: sqlite.Database) => void,
): Promise<{ wrong: string[]; damage: number }> {
  copyFileSync(`${temp.path}.kept`, temp.path);
  const database = new sqlite.Database(temp.path);
  database.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA foreign_keys = OFF');
  // Whoever tampers does without our triggers and indexes.
  const sql =
    "SELECT type || ' ' || name AS thing FROM sqlite_schema WHERE type = 'trigger' OR sql LIKE 'CREATE UNIQUE%'";
  for (const { thing } of database.all(sql)) database.exec(`DROP ${thing as string}`);
  database.exec('CREATE TABLE loose AS SELECT * FROM outbox; DROP TABLE outbox; ALTER TABLE loose RENAME TO outbox');
  try {
    tamper(database);
  } finally {
    database.close();
  }
  temp.damaged.length = 0;
  const store = await temp.open();
  const { records, damage } = readAll(store);
  store.close();
  const missing = original.size - new Set(records).size;
  return { wrong: records.filter((record) => !original.has(record)), damage: damage + temp.damaged.length + missing };
}

/** Swaps a column between two rows, by way of a value that nothing has. */
function swap(database: sqlite.Database, table: string, column: string, a: number, b: number): void {
  const value = (row: number): sqlite.SQLiteValue =>
    (database.get(`SELECT ${column} AS v FROM ${table} WHERE rowid = ?`, row) as Record<string, sqlite.SQLiteValue>).v!;
  const [first, second] = [value(a), value(b)];
  const set = (row: number, to: sqlite.SQLiteValue): unknown =>
    database.run(`UPDATE ${table} SET ${column} = ? WHERE rowid = ?`, [to, row]);
  set(a, typeof first === 'number' ? 1_000_000 : new Uint8Array(3));
  set(b, first);
  set(a, second);
}

/** Rows of one contact and of two; of one direction and of both. */
const pairs = [
  [1, 2],
  [1, 3],
  [1, 5],
] as const;

const columns = {
  contact: ['id', 'identity', 'out_seq', 'out_tag', 'in_seq', 'in_tag', 'body'],
  conversation: ['contact'],
  author: ['id'],
  message: ['conversation', 'author', 'id', 'seq', 'position', 'state', 'tag', 'body'],
  outbox: ['contact', 'id', 'seq', 'position', 'hidden', 'body'],
  session: ['contact', 'id', 'body'],
  request: ['id', 'identity', 'body'],
  invite: ['id', 'body'],
};

describe.each(Object.entries(columns))('in table %s', (table, names) => {
  test.each(names)('two cells of column %s swapped never pass for what was written', async (column) => {
    let swapped = 0;
    for (const [a, b] of pairs) {
      const cells = { same: true };
      const { wrong, damage } = await afterTampering((database) => {
        const sql = `SELECT count(DISTINCT hex(${column})) AS n FROM ${table} WHERE rowid IN (?, ?)`;
        cells.same = (database.get(sql, [a, b]) as { n: number }).n < 2;
        if (!cells.same) swap(database, table, column, a, b);
      });
      if (cells.same) continue;
      swapped += 1;
      expect(wrong).toEqual([]);
      expect(damage).toBeGreaterThan(0);
    }
    expect(swapped).toBeGreaterThan(0);
  });
});

test('two settings swapped are damaged', async () => {
  const { wrong, damage } = await afterTampering((database) => {
    const [a, b] = database.all('SELECT id, body FROM setting') as Record<string, Uint8Array>[];
    database.run('UPDATE setting SET body = ? WHERE id = ?', [a!.body!, b!.id!]);
    database.run('UPDATE setting SET body = ? WHERE id = ?', [b!.body!, a!.id!]);
  });
  expect([wrong, damage]).toEqual([[], 2 + 2]);
});

test('a sealed row does not open in another table', async () => {
  const tables = ['contact', 'message', 'outbox', 'session', 'request', 'invite'];
  for (const from of tables) {
    for (const to of tables.filter((table) => table !== from)) {
      const { wrong, damage } = await afterTampering((database) =>
        database.exec(`UPDATE ${to} SET body = (SELECT body FROM ${from} LIMIT 1)`),
      );
      expect(wrong, `${from} in ${to}`).toEqual([]);
      expect(damage).toBeGreaterThan(0);
    }
  }
});

test('one damaged row hides no other', async () => {
  const { wrong, damage } = await afterTampering((database) =>
    database.exec(`
      UPDATE contact SET body = x'00' WHERE rowid = 1;
      UPDATE message SET body = x'00', tag = x'' WHERE rowid = 1;
      UPDATE message SET state = 77 WHERE rowid = 3;
      UPDATE message SET author = 'left' WHERE rowid = 4;
      UPDATE message SET id = 'text', state = 3 WHERE rowid = 5;
      UPDATE outbox SET hidden = 'text' WHERE rowid = 1;
      UPDATE session SET body = 'text' WHERE rowid = 1;
      UPDATE request SET body = 7 WHERE rowid = 1`),
  );
  expect(wrong).toEqual([]);
  expect(damage).toBeGreaterThan(4);
  expect(temp.damaged).toContainEqual({ table: 'contact', key: idOf(1) });
  expect(temp.damaged).toContainEqual({ table: 'message', key: idOf(1) });
  expect(temp.damaged).toContainEqual({ table: 'session', key: idOf(61) });
  const store = await temp.open();
  expect(store.contacts.list().map(({ id }) => id)).toEqual([idOf(2)]);
  expect(
    store.messages.page(directConversation(CONTACTS[0]!), null, 50, Infinity).messages.map(({ id }) => id),
  ).toEqual([idOf(1)]);
  expect(store.messages.page(directConversation(CONTACTS[1]!), null, 50, Infinity).messages).toHaveLength(3);
  expect(store.outbox.pending(deviceOf(CONTACTS[0]!), 0, 50).map(({ id }) => id)).toEqual([idOf(2)]);
  expect(store.requests.list().map(({ id }) => id)).toEqual([idOf(81)]);
  expect(await store.journal.write(() => store.messages.markRead(directConversation(CONTACTS[1]!), 9))).toBe(1);
  expect(store.messages.has(refOf(CONTACTS[0]!, 'in', idOf(2)))).toBe(true);
  store.close();
});

test('a damaged envelope comes back as one still to be encrypted', async () => {
  await afterTampering((database) => database.exec("UPDATE outbox SET body = x'0102' WHERE rowid = 1"));
  temp.damaged.length = 0;
  const store = await temp.open();
  const [first, second] = store.outbox.pending(deviceOf(CONTACTS[0]!), 0, 50);
  expect([first?.session, first?.envelope]).toEqual([null, null]);
  expect(second?.envelope).not.toBeNull();
  expect(temp.damaged).toEqual([{ table: 'outbox', key: idOf(1) }]);
  store.close();
});

test('every bit of a sealed row counts', async () => {
  const length = 29 + 256 + 16;
  for (const at of [0, 1, 4, 5, 28, 29, 160, length - 1]) {
    const { wrong, damage } = await afterTampering((database) => {
      const { body } = database.get('SELECT body FROM message WHERE rowid = 1') as { body: Uint8Array };
      expect(body.length).toBe(length);
      body[at]! ^= 0x80;
      database.run('UPDATE message SET body = ? WHERE rowid = 1', [body]);
    });
    expect([wrong, damage > 0]).toEqual([[], true]);
  }
});
