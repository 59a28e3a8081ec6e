// Another passphrase: everything sealed anew, and nothing left for an old copy of keys.json, in no byte of any file.
import { directConversation } from '../rows/conversation-rowids.ts';
import { cpSync, existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { NO_MARKS } from '../../contract/marks.ts';
import { asIdentityKey, asPresenceKey, asStaticKey } from '../../testing/keys.ts';
import { seededNumbers } from '../../testing/seeded-random.ts';
import {
  contactRecord,
  deviceOf,
  idOf,
  newMessage,
  outboxFacts,
  plain,
  primitives,
  quickArgon2,
  tempFolder,
  tempStore,
  type TempStore,
  refOf,
} from '../../testing/disk/temp-store.ts';
import { Database } from '../database.ts';
import { readKeyFiles } from '../profile-files/key-file.ts';
import { keyId } from './key-ring.ts';
import { openStore, removeStaleLock, type Store } from '../profile-store.ts';
import { openVault } from '../profile-files/vault.ts';

const OLD = 'the old one';
const NEW = 'the new one';
const CONTACTS = [1, 2, 3, 4, 5].map(idOf);

let temp: TempStore;
let store: Store;

beforeEach(async () => {
  temp = tempStore();
  store = await temp.create(OLD);
});
afterEach(() => temp.remove());

/** A history with all that leaves traces: rows that grow, shrink and go, so that pages are split and joined. */
async function live(operations: number): Promise<void> {
  const random = seededNumbers('resealing');
  const upTo = (limit: number): number => Math.floor(random() * limit);
  await store.journal.write(() => {
    const keys = { masterSeed: new Uint8Array(32).fill(9), presenceKey: asPresenceKey(new Uint8Array(32).fill(8)) };
    store.identity.save({ ...keys, name: 'Ada', device: 0, generation: 0, createdAt: 1 });
    for (const number of [1, 2, 3, 4, 5]) store.contacts.put(contactRecord(number));
  });
  for (let number = 1; number <= operations; number += 1) {
    await store.journal.write(() => act(number, upTo));
  }
}

function act(number: number, upTo: (limit: number) => number): void {
  const contact = CONTACTS[number % CONTACTS.length]!;
  const bytes = (limit: number): Uint8Array => new Uint8Array(upTo(limit)).fill(number);
  const direction = number % 2 === 0 ? 'in' : 'out';
  const position = store.messages.append(newMessage(contact, number, { direction, content: bytes(1500) }));
  const row = outboxFacts({ contact, id: idOf(number), seq: number, position, hidden: false });
  if (direction === 'out') store.outbox.add({ ...row, session: idOf(7), envelope: bytes(900) });
  if (direction === 'in') store.contacts.setInSeq(contact, number);
  else store.contacts.setOutSeq(contact, number);
  const session = { id: idOf(500 + upTo(9)), role: 'current', since: number, state: bytes(3000) } as const;
  store.sessions.save(contact, 0, session);
  const key = new Uint8Array(32).fill(1 + (number % 40));
  const request = {
    ik: asIdentityKey(key),
    staticKey: asStaticKey(key),
    device: 0,
    generation: 0,
    name: 'x'.repeat(upTo(60)),
    address: null,
    at: 1,
  };
  const secret = new Uint8Array(16).fill(number);
  const invite = { secret, token: 'y'.repeat(upTo(500)), createdAt: 1, expiresAt: null, revokedAt: null, used: null };
  store.invites.put({ id: idOf(700 + upTo(40)), ...invite });
  store.settings.put(`setting ${upTo(30)}`, 'z'.repeat(upTo(700)));
  const target = { conversation: directConversation(contact), author: 'me', id: idOf(900 + number) } as const;
  const waited = { by: contact, act: idOf(901 + number), seq: 1, at: 2, receivedAt: 3 };
  store.waitingActs.add({ ...waited, target, content: new Uint8Array(upTo(300)) });
  store.seen.add(directConversation(contact), contact, { position: number, at: 4 });
  store.drafts.put(directConversation(contact), 'd'.repeat(upTo(600)));
  store.marks.put(directConversation(contact), { ...NO_MARKS, pinnedAt: number, archived: number % 2 === 0 });
  if (number % 3 === 0) store.requests.put({ id: idOf(800 + (number % 40)), ...request });
  if (number % 5 === 0) store.messages.erase(refOf(contact, direction, idOf(number)));
  if (number % 11 === 0) store.contacts.put({ ...store.contacts.get(contact)!, name: 'n'.repeat(upTo(60)) });
}

/** All that can be read by any way there is. */
function everything(from: Store): object {
  return {
    identity: plain(from.identity.load()!),
    contacts: from.contacts.list().map(plain),
    found: from.contacts.list().map(({ ik }) => from.contacts.byIdentity(ik)?.id),
    messages: CONTACTS.map((id) =>
      from.messages.page(directConversation(id), null, 9999, Infinity).messages.map(plain),
    ),
    outbox: CONTACTS.map((id) => from.outbox.pending(deviceOf(id), 0, 9999).map(plain)),
    sessions: CONTACTS.map((id) => from.sessions.load(id, 0).map(plain)),
    requests: from.requests.list().map((request) => [plain(request), from.requests.byIdentity(request.ik)?.id]),
    invites: from.invites.list().map(plain),
    hereAlone: [from.drafts.list(), from.marks.list()],
    acts: [from.waitingActs.list(), from.seen.list()],
    settings: from.settings.list().map((setting) => [setting, from.settings.get(setting.name)]),
    counts: CONTACTS.map((id) => [from.messages.unread(directConversation(id)), from.outbox.count(id)]),
  };
}

async function toTheEnd(of: Store): Promise<number> {
  let steps = 1;
  while (await of.resealer.step()) steps += 1;
  return steps;
}

/** The master key that the files in `folder` hold now. */
async function masterKey(passphrase: string): Promise<{ key: Uint8Array; database: Uint8Array }> {
  const vault = await openVault({ folder: temp.folder, primitives }, passphrase);
  return { key: vault.masterKey, database: vault.database };
}

/** Sealed bytes of every cell there is, a few from each part of it, tags and look-up entries among them. */
function traces(): Buffer[] {
  store.close();
  const database = new Database(temp.path);
  const cells = [
    ...['profile.identity', 'contact.body', 'contact.identity', 'contact.out_tag', 'contact.in_tag', 'message.body'],
    ...['message.tag', 'outbox.body', 'session.body', 'request.body', 'request.identity', 'invite.body'],
    ...['setting.body', 'setting.id'],
  ].flatMap((cell) => {
    const [table = '', column = ''] = cell.split('.');
    return database.rows(`SELECT ${column} AS cell FROM ${table}`).flatMap((row) => row.bytesOrNull('cell') ?? []);
  });
  database.close();
  return cells.flatMap((cell) => {
    const starts = cell.length <= 32 ? [0] : [5, 29, Math.floor(cell.length / 2), cell.length - 16];
    return starts.map((start) => Buffer.from(cell.subarray(start, start + 16)));
  });
}

/** How many of the traces any file in the folder still has, and how often the header of a row under `id` stands there. */
function left(found: readonly Buffer[], id: Uint8Array): { traces: number; headers: number } {
  const names = readdirSync(temp.folder).filter((name) => !name.endsWith('.lock'));
  const beginnings = new Map<number, Buffer[]>();
  for (const trace of found)
    beginnings.set(trace.readUInt32LE(), [...(beginnings.get(trace.readUInt32LE()) ?? []), trace]);
  const seen = new Set<Buffer>();
  let headers = 0;
  const header = Buffer.concat([Buffer.of(1), id]);
  for (const name of names) {
    const bytes = readFileSync(join(temp.folder, name));
    for (let at = bytes.indexOf(header); at >= 0; at = bytes.indexOf(header, at + 1)) headers += 1;
    for (let at = 0; at + 16 <= bytes.length; at += 1) {
      for (const trace of beginnings.get(bytes.readUInt32LE(at)) ?? []) {
        if (bytes.subarray(at, at + 16).equals(trace)) seen.add(trace);
      }
    }
  }
  return { traces: seen.size, headers };
}

describe('a passphrase that is changed', () => {
  test('leaves everything readable on the way, and nothing of it to the key before', { timeout: 0 }, async () => {
    await live(400);
    const before = everything(store);
    const { key, database } = await masterKey(OLD);
    const id = keyId(primitives, database, key);
    const found = traces();
    expect(left(found, id).traces).toBe(found.length);
    store = await temp.open(OLD);
    await store.changePassphrase(OLD, NEW);
    let steps = 0;
    do {
      if (steps % 3 === 0) expect(everything(store)).toEqual(before);
      steps += 1;
    } while (await store.resealer.step());
    expect(steps).toBeGreaterThan(10);
    expect(store.resealer.share).toBe(null);
    expect(everything(store)).toEqual(before);
    expect(left(found, id)).toEqual({ traces: 0, headers: 0 });
    store = await temp.reopen(NEW);
    expect(left(found, id)).toEqual({ traces: 0, headers: 0 });
    expect(everything(store)).toEqual(before);
    expect(temp.damaged).toEqual([]);
    expect(readKeyFiles(temp.folder)?.file.earlier).toEqual([]);
  });

  test('opens nothing to an old copy of the key files: beside the new database, they are keys to none', async () => {
    await live(40);
    const kept = tempFolder();
    for (const name of ['keys.json', 'keys.previous.json']) cpSync(join(temp.folder, name), join(kept, name));
    await store.changePassphrase(OLD, NEW);
    // All but messages and the outbox are under the new key when it answers.
    const copy = async (): Promise<Store> => {
      store.close();
      cpSync(temp.path, join(kept, 'loom.db'));
      const damaged: unknown[] = [];
      return openStore({ folder: kept, primitives, onDamaged: (row) => damaged.push(row) }, OLD);
    };
    let thief = await copy();
    expect(() => thief.identity.load()).toThrow('not what was written');
    expect([thief.contacts.list(), thief.requests.list(), thief.invites.list()]).toEqual([[], [], []]);
    expect(CONTACTS.flatMap((contact) => thief.sessions.load(contact, 0))).toEqual([]);
    thief.close();
    store = await temp.open(NEW);
    await toTheEnd(store);
    thief = await copy();
    expect(
      CONTACTS.flatMap((contact) => thief.messages.page(directConversation(contact), null, 99, Infinity).messages),
    ).toEqual([]);
    const pending = CONTACTS.flatMap((contact) => thief.outbox.pending(deviceOf(contact), 0, 99));
    expect(pending.filter(({ envelope }) => envelope !== null)).toEqual([]);
    thief.close();
    rmSync(kept, { recursive: true });
    store = await temp.open(NEW);
  });

  test('goes on after a kill between any two steps, with either key file in hand', { timeout: 0 }, async () => {
    await live(100);
    const before = everything(store);
    await store.changePassphrase(OLD, NEW);
    const kept = tempFolder();
    for (let more = true; more; more = await store.resealer.step()) {
      // What a kill leaves now.
      cpSync(temp.folder, kept, { recursive: true });
      removeStaleLock(kept);
      const damaged: unknown[] = [];
      const options = { folder: kept, primitives, argon2: quickArgon2, onDamaged: (row: unknown) => damaged.push(row) };
      await expect(openStore(options, OLD)).rejects.toMatchObject({ code: 'wrong-passphrase' });
      const again = await openStore(options, NEW);
      expect(again.resealer.share).not.toBe(null);
      expect(everything(again)).toEqual(before);
      await toTheEnd(again);
      expect(everything(again)).toEqual(before);
      expect(damaged).toEqual([]);
      again.close();
      expect(existsSync(join(kept, 'loom.db-wal'))).toBe(false);
      rmSync(kept, { recursive: true });
    }
  });

  test('takes along what is written meanwhile', async () => {
    await live(120);
    await store.changePassphrase(OLD, NEW);
    for (let number = 1000; await store.resealer.step(); number += 1) {
      const contact = CONTACTS[number % 5]!;
      await store.journal.write(() => {
        store.messages.append(newMessage(contact, number));
        store.messages.markRead(directConversation(CONTACTS[(number + 1) % 5]!), 9);
        store.settings.put('setting 3', number);
        store.contacts.setInSeq(contact, number);
        store.sessions.save(contact, 0, { id: idOf(500), role: 'old', since: number, state: new Uint8Array(9) });
      });
    }
    const after = everything(store);
    store = await temp.reopen(NEW);
    expect(everything(store)).toEqual(after);
    expect(temp.damaged).toEqual([]);
  });

  test('again and again, before the first time is over, keeps all keys that rows need and no more', async () => {
    await live(60);
    const before = everything(store);
    const id = keyId(primitives, (await masterKey(OLD)).database, (await masterKey(OLD)).key);
    const found = traces();
    store = await temp.open(OLD);
    let current = OLD;
    // One more than keys.json has room for.
    for (let times = 0; times < 10; times += 1) {
      const next = times % 3 === 2 ? '' : `passphrase ${times}`;
      await store.changePassphrase(current, next);
      current = next;
      expect(everything(store)).toEqual(before);
      if (times === 4) store = await temp.reopen(current);
    }
    await toTheEnd(store);
    expect(everything(store)).toEqual(before);
    expect(left(found, id)).toEqual({ traces: 0, headers: 0 });
    expect(readKeyFiles(temp.folder)?.file.earlier).toEqual([]);
  });

  test('gives up what nobody can open, and says so; what waits is encrypted anew', async () => {
    await live(30);
    store.close();
    const database = new Database(temp.path);
    database.transaction(() => {
      // Bodies of two neighbours swapped: an old key would still open them, read side by side.
      for (const table of ['message', 'outbox', 'session', 'invite', 'contact']) {
        const keys = { message: 'seq', outbox: 'seq', session: 'rowid', invite: 'number', contact: 'number' };
        const key = keys[table as keyof typeof keys];
        const [a, b] = database.rows(`SELECT ${key} AS k, body FROM ${table} WHERE body IS NOT NULL LIMIT 2`);
        const set = `UPDATE ${table} SET body = ? WHERE ${key} = ?`;
        database.change(set, a!.bytes('body'), b!.number('k'));
        database.change(set, b!.bytes('body'), a!.number('k'));
      }
    });
    const { key, database: owner } = await masterKey(OLD);
    database.close();
    const found = traces();
    store = await temp.open(OLD);
    await store.changePassphrase(OLD, NEW);
    await toTheEnd(store);
    expect(new Set(temp.damaged.map(({ table }) => table))).toEqual(
      new Set(['message', 'outbox', 'session', 'invite', 'contact']),
    );
    expect(left(found, keyId(primitives, owner, key))).toEqual({ traces: 0, headers: 0 });
    expect([store.contacts.list().length, store.invites.list().length > 0]).toEqual([3, true]);
  });
});
