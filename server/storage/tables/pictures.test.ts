// Pictures of contacts: one each, sealed for its place, and gone with the contact and with the one that takes its place.
import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { contactRecord, idOf, tempStore, type TempStore } from '../../testing/disk/temp-store.ts';
import { Database } from '../database.ts';
import type { Store } from '../profile-store.ts';
import { KEY_ID_BYTES } from '../sealing/key-ring.ts';

const [ANN, BEN] = [idOf(1), idOf(2)];
const face = (fill: number): Uint8Array => new Uint8Array(24 * 1024).fill(fill);

let temp: TempStore;
let store: Store;

beforeEach(async () => {
  temp = tempStore();
  store = await temp.create();
  await store.journal.write(() => {
    for (const number of [1, 2]) store.contacts.put(contactRecord(number));
  });
});
afterEach(() => temp.remove());

const put = (contact: typeof ANN, picture: Uint8Array | null): Promise<void> =>
  store.journal.write(() => store.pictures.put(contact, picture));

function sealed(): Uint8Array[] {
  const database = new Database(temp.path);
  const rows = database.rows('SELECT body FROM picture ORDER BY contact').map((row) => row.bytes('body'));
  database.close();
  return rows;
}

test('each contact has one, the last', async () => {
  await put(ANN, face(1));
  await put(BEN, face(2));
  await put(ANN, face(3));
  store = await temp.reopen();
  expect([store.pictures.get(ANN), store.pictures.get(BEN)]).toEqual([face(3), face(2)]);
  await put(ANN, null);
  expect([store.pictures.get(ANN), store.pictures.get(BEN)]).toEqual([null, face(2)]);
});

test('none of one that was replaced, taken back or of a removed contact is left on the disk', async () => {
  await put(ANN, face(1));
  await put(BEN, face(2));
  store.close();
  const before = sealed().map((body) => Buffer.from(body).subarray(9_000, 9_064));
  store = await temp.open();
  await put(ANN, face(3));
  await store.journal.write(() => store.contacts.remove(BEN));
  expect(store.pictures.get(BEN)).toBeNull();
  store.close();
  const after = readFileSync(temp.path);
  expect(before).toHaveLength(2);
  for (const piece of before) expect(after.includes(piece)).toBe(false);
  store = await temp.open();
  expect(store.pictures.get(ANN)).toEqual(face(3));
});

test('one in the place of another’s opens for nobody, and is told', async () => {
  await put(ANN, face(1));
  await put(BEN, face(2));
  store.close();
  const database = new Database(temp.path);
  database.transaction(() => {
    database.script('UPDATE picture SET body = (SELECT body FROM picture WHERE contact = 2) WHERE contact = 1');
  });
  database.close();
  store = await temp.open();
  expect(store.pictures.get(ANN)).toBeNull();
  expect(store.pictures.get(BEN)).toEqual(face(2));
  expect(temp.damaged).toEqual([expect.objectContaining({ table: 'picture' })]);
});

test('all are sealed anew with another passphrase', async () => {
  const many = Array.from({ length: 40 }, (_, number) => idOf(10 + number));
  await store.journal.write(() => {
    for (const [number, id] of many.entries()) {
      store.contacts.put(contactRecord(10 + number));
      store.pictures.put(id, face(number));
    }
  });
  store.close();
  const before = sealed();
  store = await temp.open();
  await store.changePassphrase('', 'another');
  while (await store.resealer.step());
  store.close();
  const after = sealed();
  store = await temp.open('another');
  expect(after).toHaveLength(before.length);
  // Which key a row is under stands in its header.
  const keys = (rows: readonly Uint8Array[]): Set<string> =>
    new Set(rows.map((row) => Buffer.from(row.subarray(1, 1 + KEY_ID_BYTES)).toString('hex')));
  expect(keys(before).size).toBe(1);
  expect(keys(after).size).toBe(1);
  expect(keys(after)).not.toEqual(keys(before));
  expect(many.map((id) => store.pictures.get(id))).toEqual(many.map((_, number) => face(number)));
});
