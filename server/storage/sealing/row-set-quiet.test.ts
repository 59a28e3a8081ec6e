// What is no reason to alarm anybody: whatever Loom does itself, and whatever ends it. Kills and power cuts at every act of
// the disk are in power-cut.test.ts and crash.test.ts.
import { cpSync, rmSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { encode } from 'cborg';
import { utf8 } from '../../crypto/bytes.ts';
import { putSmallTables } from '../../testing/disk/small-tables.ts';
import { asIdentityKey, asStaticKey } from '../../testing/keys.ts';
import { seededNumbers } from '../../testing/seeded-random.ts';
import {
  contactRecord,
  idOf,
  primitives,
  quickArgon2,
  tempFolder,
  tempStore,
  type TempStore,
} from '../../testing/disk/temp-store.ts';
import { Database } from '../database.ts';
import { buildProfile, withScratchStore } from '../profile-files/staged-profile.ts';
import { openVault } from '../profile-files/vault.ts';
import { openStore, removeStaleLock, type Store } from '../profile-store.ts';
import { Sealing } from './sealing.ts';

let temp: TempStore;
let store: Store;

beforeEach(async () => {
  temp = tempStore();
  store = await temp.create();
});
afterEach(() => {
  vi.restoreAllMocks();
  temp.remove();
});

/** What the next start would notice, were this one killed now. */
async function noticedAfterKill(passphrase = ''): Promise<readonly string[]> {
  const folder = tempFolder();
  try {
    cpSync(temp.folder, folder, { recursive: true });
    removeStaleLock(folder);
    const again = await openStore({ folder, primitives, argon2: quickArgon2 }, passphrase);
    const { noticed } = again.rowSet;
    again.close();
    return noticed;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Any change of the small tables; some throw once they have made it. */
function act(chance: (limit: number) => number): void {
  const number = 1 + chance(6);
  const secret = new Uint8Array(32).fill(number);
  const ik = asIdentityKey(secret);
  const asked = {
    ik,
    staticKey: asStaticKey(secret),
    device: 0,
    generation: 0,
    name: 'x'.repeat(chance(300)),
    address: null,
    at: 5,
  };
  const invite = { secret, token: 'y', createdAt: 6, expiresAt: null, revokedAt: chance(9), used: null };
  const acts = [
    () => store.contacts.put(contactRecord(number, { blocked: chance(2) === 1 })),
    () => store.contacts.remove(idOf(number)),
    () => void store.contacts.purgeRemoved(idOf(number), 10, Infinity),
    () => store.contacts.setInSeq(idOf(number), chance(100)),
    () => store.contacts.setOutSeq(idOf(number), chance(100)),
    () => store.requests.put({ id: idOf(80 + number), ...asked }),
    () => store.requests.remove(idOf(80 + number)),
    () => store.invites.put({ id: idOf(70 + number), ...invite }),
    () => store.invites.remove(idOf(70 + number)),
    () => store.settings.put(`setting ${number}`, chance(100)),
    () => putSmallTables(store, chance(2) === 0 ? 1 : 2),
    () => void store.contacts.list(),
  ];
  for (let times = 1 + chance(3); times > 0; times -= 1) acts[chance(acts.length)]?.();
  if (chance(4) === 0) throw new Error('a bug');
}

test.each([1, 2])('whatever is written, undone, refused or killed: run %i', { timeout: 0 }, async (run) => {
  const random = seededNumbers(`quiet ${run}`);
  const chance = (limit: number): number => Math.floor(random() * limit);
  let passphrase = '';
  for (let turn = 0; turn < 40; turn += 1) {
    const refused = chance(6) === 0 ? refuseCommit() : null;
    const works = Array.from({ length: 1 + chance(4) }, () => store.journal.write(() => act(chance)));
    const settled = Promise.allSettled(works);
    if (chance(5) === 0) expect(await noticedAfterKill(passphrase)).toEqual([]);
    await settled;
    refused?.();
    // Late: each opening with a passphrase takes a thread of its own.
    if (turn === 30) await store.changePassphrase('', (passphrase = 'a passphrase'));
    if (chance(3) === 0) await store.resealer.step();
    if (chance(8) === 0) store = await temp.reopen(passphrase);
    expect(store.rowSet.noticed).toEqual([]);
    expect(await noticedAfterKill(passphrase)).toEqual([]);
  }
  expect(temp.damaged).toEqual([]);
});

/** SQLite itself refuses each COMMIT of the profile but the first `but`, all of the transaction being in place. */
function refuseCommit(but = 0): () => void {
  // eslint-disable-next-line @typescript-eslint/unbound-method -- called with the database it is of
  const commit = Database.prototype.commit;
  let left = but;
  const refusing = vi.spyOn(Database.prototype, 'commit').mockImplementation(function (this: Database) {
    if (this.path === temp.path && left <= 0) breakForeignKey(this);
    left -= 1;
    commit.call(this);
  });
  return () => refusing.mockRestore();
}

function breakForeignKey(database: Database): void {
  database.rows('PRAGMA defer_foreign_keys = ON');
  database.within(() => database.change(`INSERT INTO session VALUES (x'00', 0, x'00', x'00')`));
}

describe('a master key that changes', () => {
  test.each(['the keys are written', 'the small tables are sealed anew'])('with a kill once %s', async (moment) => {
    await store.journal.write(() => putSmallTables(store, 1));
    const refused = moment === 'the keys are written' ? refuseCommit() : null;
    const changed = store.changePassphrase('', 'a passphrase');
    if (refused) await expect(changed).rejects.toMatchObject({ code: 'write-failed' });
    else await changed;
    refused?.();
    expect(await noticedAfterKill('a passphrase')).toEqual([]);
    // Rows under the new key beside rows under the old one.
    await store.journal.write(() => store.settings.put('setting 1', 5));
    expect(await noticedAfterKill('a passphrase')).toEqual([]);
    store = await temp.reopen('a passphrase');
    while (await store.resealer.step()) expect(await noticedAfterKill('a passphrase')).toEqual([]);
    expect((await temp.reopen('a passphrase')).rowSet.noticed).toEqual([]);
  });
});

test('a profile built beside, and a store for a while', async () => {
  const folder = tempFolder();
  const options = { folder, primitives, argon2: quickArgon2 };
  const fill = async (filled: Store): Promise<void> => {
    await filled.journal.write(() => putSmallTables(filled, 2));
    expect(filled.rowSet.noticed).toEqual([]);
  };
  await withScratchStore(options, fill);
  await buildProfile(options, '', fill, (adopt) => Promise.resolve().then(adopt));
  const built = await openStore(options, '');
  expect(built.rowSet.noticed).toEqual([]);
  built.close();
  rmSync(folder, { recursive: true });
});

describe('a profile of an earlier Loom', () => {
  beforeEach(async () => {
    await store.journal.write(() => putSmallTables(store, 1));
    const identity = store.identity.load();
    store.close();
    await turnBack({ ...identity });
  });

  test('has a root from its first opening on, and is not taken for one without again', async () => {
    store = await temp.open();
    expect(store.rowSet.noticed).toEqual([]);
    expect(await noticedAfterKill()).toEqual([]);
    store.close();
    const database = new Database(temp.path);
    database.transaction(() => database.change('UPDATE profile SET row_set = NULL'));
    database.close();
    store = await temp.open();
    expect(store.rowSet.noticed).not.toEqual([]);
  });

  test('opens on a disk that takes no root, and has it the next time', async () => {
    migrateOnly();
    // The first makes what is temporary: nothing of it is in the file.
    const refused = refuseCommit(1);
    store = await temp.open();
    refused();
    expect([store.rowSet.noticed, store.contacts.list().length]).toEqual([[], 2]);
    expect(await noticedAfterKill()).toEqual([]);
    await store.journal.write(() => store.settings.put('setting 1', 5));
    expect((await temp.reopen()).rowSet.noticed).toEqual([]);
  });
});

/** As an earlier Loom left it: no root, and an identity that knows of none. */
async function turnBack(identity: object): Promise<void> {
  const { masterKey, database: id } = await openVault({ folder: temp.folder, primitives }, '');
  const sealing = new Sealing({ primitives, masterKey, database: id, onDamaged: () => undefined });
  const plain = Object.fromEntries(
    Object.entries(identity).map(([name, value]: [string, unknown]) => [
      name,
      value instanceof Uint8Array ? Uint8Array.from(value) : value,
    ]),
  );
  const sealed = sealing.table('identity').at(utf8('identity')).seal(encode(plain));
  const database = new Database(temp.path);
  database.transaction(() => {
    database.change('UPDATE profile SET identity = ?', sealed);
    database.script('ALTER TABLE profile DROP COLUMN row_set; PRAGMA user_version = 4');
  });
  database.close();
}

function migrateOnly(): void {
  const database = new Database(temp.path);
  database.transaction(() => database.script('ALTER TABLE profile ADD COLUMN row_set BLOB; PRAGMA user_version = 5'));
  database.close();
}
