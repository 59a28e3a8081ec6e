import { directConversation } from './rows/conversation-rowids.ts';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { asIdentityKey, asPresenceKey, asStaticKey } from '../testing/keys.ts';
import {
  contactRecord,
  idOf,
  newMessage,
  outboxFacts,
  plain,
  primitives,
  quickArgon2,
  tempStore,
  type TempStore,
} from '../testing/disk/temp-store.ts';
import { tempProfile } from '../testing/disk/temp-profile.ts';
import { Database } from './database.ts';
import { LATEST_VERSION } from './migrations.ts';
import { createStore, inspectProfile, openStore, removeStaleLock } from './profile-store.ts';

let temp: TempStore;

beforeEach(() => {
  temp = tempStore();
});
afterEach(() => temp.remove());

/** Every name in the folder with what it holds. */
function fingerprint(folder: string): Record<string, string> {
  const names = readdirSync(folder).sort();
  return Object.fromEntries(
    names.map((name) => [
      name,
      createHash('sha256')
        .update(readFileSync(join(folder, name)))
        .digest('hex'),
    ]),
  );
}

describe('a profile', () => {
  test('is new, then open or protected', async () => {
    expect(inspectProfile(temp.folder)).toBe('new');
    const store = await temp.create();
    expect(inspectProfile(temp.folder)).toBe('open');
    expect(store.passphraseSet).toBe(false);
    await store.changePassphrase('', 'a secret');
    expect(inspectProfile(temp.folder)).toBe('protected');
    expect(store.passphraseSet).toBe(true);
  });

  test('keeps what was written, with and without a passphrase', async () => {
    for (const passphrase of ['', 'a secret']) {
      const own = tempStore();
      const store = await own.create(passphrase);
      await store.journal.write(() => store.contacts.put(contactRecord(1)));
      const again = await own.reopen(passphrase);
      expect(again.contacts.list().map(plain)).toEqual([contactRecord(1)]);
      own.remove();
    }
  });

  test('is not made twice', async () => {
    const store = await temp.create();
    store.close();
    await expect(temp.create()).rejects.toThrow('already');
    expect(inspectProfile(temp.folder)).toBe('open');
  });

  test('refuses wrong passphrases, and an empty or needless one, and changes nothing', async () => {
    const store = await temp.create('a secret');
    store.close();
    const before = fingerprint(temp.folder);
    await expect(temp.open('another')).rejects.toMatchObject({ code: 'wrong-passphrase' });
    await expect(temp.open('')).rejects.toMatchObject({ code: 'wrong-passphrase' });
    expect(fingerprint(temp.folder)).toEqual(before);
    const unprotected = tempStore();
    (await unprotected.create()).close();
    await expect(unprotected.open('needless')).rejects.toMatchObject({ code: 'wrong-passphrase' });
    unprotected.remove();
  });

  test('leaves nothing but its three files when closed, and stays closed', async () => {
    const store = await temp.create();
    const written = store.journal.write(() => store.settings.put('theme', 'dark'));
    store.close();
    store.close();
    await written;
    expect(readdirSync(temp.folder).sort()).toEqual(['keys.json', 'keys.previous.json', 'loom.db']);
    expect(() => store.contacts.list()).toThrow('closed');
    await expect(store.journal.write(() => store.settings.put('theme', 'light'))).rejects.toMatchObject({
      code: 'write-failed',
    });
    expect((await temp.open()).settings.get('theme')).toBe('dark');
  });

  test('makes files that only their owner can read, whatever the umask', async () => {
    const before = process.umask(0);
    try {
      const store = await temp.create('a secret');
      await store.journal.write(() => store.contacts.put(contactRecord(1)));
      await store.changePassphrase('a secret', 'another');
      const names = readdirSync(temp.folder).filter((name) => !name.endsWith('.lock'));
      expect(names).toContain('loom.db-wal');
      for (const name of names) expect(statSync(join(temp.folder, name)).mode & 0o777, name).toBe(0o600);
    } finally {
      process.umask(before);
    }
  });
});

describe('opening', () => {
  test('is refused while the database is locked; a stale lock is removed by hand', async () => {
    const store = await temp.create();
    await store.journal.write(() => store.settings.put('a', 1));
    await expect(openStore({ folder: temp.folder, primitives }, '')).rejects.toMatchObject({ code: 'in-use' });
    store.close();
    mkdirSync(`${temp.path}.lock`);
    const before = readFileSync(temp.path);
    await expect(temp.open()).rejects.toMatchObject({ code: 'in-use' });
    expect(readFileSync(temp.path)).toEqual(before);
    removeStaleLock(temp.folder);
    removeStaleLock(temp.folder);
    expect((await temp.open()).settings.get('a')).toBe(1);
  });

  test('leaves a database from the future as it is, byte for byte', async () => {
    (await temp.create()).close();
    const database = new Database(temp.path);
    database.transaction(() => database.script(`PRAGMA user_version = ${LATEST_VERSION + 1}`));
    database.close();
    const before = fingerprint(temp.folder);
    await expect(temp.open()).rejects.toMatchObject({ code: 'database-newer' });
    expect(fingerprint(temp.folder)).toEqual(before);
  });

  test('sees a future version that still waits in the log', async () => {
    (await temp.create()).close();
    const database = new Database(temp.path);
    database.transaction(() => database.script(`PRAGMA user_version = ${LATEST_VERSION + 1}`));
    // What a process killed at this moment leaves.
    const crashed = tempProfile();
    for (const name of ['loom.db', 'loom.db-wal', 'keys.json', 'keys.previous.json']) {
      cpSync(join(temp.folder, name), join(crashed.folder, name));
    }
    database.close();
    expect(readFileSync(join(crashed.folder, 'loom.db')).readUInt32BE(60)).toBe(LATEST_VERSION);
    const before = fingerprint(crashed.folder);
    await expect(openStore({ folder: crashed.folder, primitives }, '')).rejects.toMatchObject({
      code: 'database-newer',
    });
    expect(fingerprint(crashed.folder)).toEqual(before);
    crashed.remove();
  });

  test('takes a frame of the log that was only begun for no version', async () => {
    const store = await temp.create();
    await store.journal.write(() => store.settings.put('a', 1));
    const crashed = tempProfile();
    for (const name of ['loom.db', 'loom.db-wal', 'keys.json', 'keys.previous.json']) {
      cpSync(join(temp.folder, name), join(crashed.folder, name));
    }
    // Killed after the head of a frame for the first page: what follows is from an earlier round of the log.
    const log = readFileSync(join(crashed.folder, 'loom.db-wal'));
    const head = Buffer.concat([Buffer.of(0, 0, 0, 1, 0, 0, 0, 0), log.subarray(16, 24), Buffer.alloc(8)]);
    const earlier = Buffer.alloc(4096, 0xff);
    writeFileSync(join(crashed.folder, 'loom.db-wal'), Buffer.concat([log, head, earlier]));
    const again = await openStore({ folder: crashed.folder, primitives }, '');
    expect(again.settings.get('a')).toBe(1);
    again.close();
    crashed.remove();
  });

  test('refuses keys from the future and leaves them', async () => {
    (await temp.create()).close();
    const path = join(temp.folder, 'keys.json');
    writeFileSync(path, readFileSync(path, 'utf8').replace('"version": 2', '"version": 3'));
    const before = fingerprint(temp.folder);
    expect(() => inspectProfile(temp.folder)).toThrow(expect.objectContaining({ code: 'database-newer' }));
    await expect(temp.open()).rejects.toMatchObject({ code: 'database-newer' });
    expect(fingerprint(temp.folder)).toEqual(before);
  });

  test('refuses what is no database of Loom', async () => {
    (await temp.create()).close();
    for (const bytes of [new Uint8Array(0), new Uint8Array(5000), primitives.random(9000)]) {
      writeFileSync(temp.path, bytes);
      await expect(temp.open()).rejects.toMatchObject({ code: 'damaged' });
      expect(new Uint8Array(readFileSync(temp.path))).toEqual(bytes);
    }
  });

  test('refuses a database whose pages are ruined', async () => {
    const store = await temp.create();
    await store.journal.write(() => store.contacts.put(contactRecord(1)));
    store.close();
    const bytes = readFileSync(temp.path);
    bytes.fill(0x5a, 100);
    writeFileSync(temp.path, bytes);
    await expect(temp.open()).rejects.toMatchObject({ code: 'damaged' });
    expect(existsSync(`${temp.path}.lock`)).toBe(false);
  });

  test('refuses the database of another profile', async () => {
    const other = tempStore();
    (await temp.create()).close();
    (await other.create()).close();
    cpSync(other.path, temp.path);
    other.remove();
    await expect(temp.open()).rejects.toMatchObject({ code: 'damaged' });
  });

  test('does not take a lost database for a new one, nor lost keys', async () => {
    (await temp.create()).close();
    cpSync(temp.path, `${temp.path}.kept`);
    rmSync(temp.path);
    await expect(temp.open()).rejects.toMatchObject({ code: 'damaged' });
    cpSync(`${temp.path}.kept`, temp.path);
    rmSync(join(temp.folder, 'keys.json'));
    rmSync(join(temp.folder, 'keys.previous.json'));
    expect(() => inspectProfile(temp.folder)).toThrow(expect.objectContaining({ code: 'keys-damaged' }));
    await expect(temp.create()).rejects.toMatchObject({ code: 'keys-damaged' });
  });

  test('finishes what a crash between the keys and the database left', async () => {
    (await temp.create('a secret')).close();
    cpSync(temp.path, `${temp.path}.new`);
    rmSync(temp.path);
    const store = await temp.open('a secret');
    expect(store.identity.load()).toBeNull();
    expect(readdirSync(temp.folder)).not.toContain('loom.db.new');
  });

  test('starts over after a crash before the keys were written', async () => {
    mkdirSync(`${temp.path}.new.lock`);
    writeFileSync(`${temp.path}.new`, 'half a database');
    expect(inspectProfile(temp.folder)).toBe('new');
    const store = await temp.create();
    await store.journal.write(() => store.contacts.put(contactRecord(1)));
    expect((await temp.reopen()).contacts.get(idOf(1))).not.toBeNull();
  });

  test('counts the tallies anew', async () => {
    const store = await temp.create();
    await store.journal.write(() => {
      store.contacts.put(contactRecord(1));
      for (const seq of [1, 2, 3]) store.messages.append(newMessage(idOf(1), seq));
      store.outbox.add({
        ...outboxFacts({
          contact: idOf(1),
          id: idOf(9),
          seq: 9,
          position: 4,
          hidden: false,
        }),
        session: null,
        envelope: null,
      });
    });
    expect([store.messages.unread(directConversation(idOf(1))), store.outbox.count(idOf(1))]).toEqual([3, 1]);
    store.close();
    const database = new Database(temp.path);
    database.transaction(() => database.change('DELETE FROM message WHERE seq = 3'));
    database.close();
    const again = await temp.open();
    expect([again.messages.unread(directConversation(idOf(1))), again.outbox.count(idOf(1))]).toEqual([2, 1]);
  });
});

test('SQLite that does not promise to survive a crash is refused', () => {
  expect(() => new Database(':memory:')).toThrow(expect.objectContaining({ code: 'not-crash-safe' }));
});

test('with a passphrase neither texts nor keys stand in any file, at any time', async () => {
  const canary = 'canary-5b1e7c';
  const secret = (fill: number): Uint8Array => new Uint8Array(32).fill(fill);
  const store = await createStore({ folder: temp.folder, primitives, argon2: quickArgon2 }, 'a secret');
  await store.journal.write(() => {
    const [masterSeed, presenceKey] = [secret(0xa1), asPresenceKey(secret(0xa2))];
    store.identity.save({ masterSeed, presenceKey, name: canary, device: 0, generation: 0, createdAt: 1 });
    const keys = {
      ik: asIdentityKey(secret(0xa3)),
      staticKey: asStaticKey(secret(0xa4)),
      presenceKey: asPresenceKey(secret(0xa5)),
    };
    store.contacts.put(
      contactRecord(1, { ...keys, name: canary, addresses: [{ address: canary, source: 'typed', at: 1 }] }),
    );
    const content = new TextEncoder().encode(canary.repeat(50));
    for (const seq of [1, 2, 3]) store.messages.append(newMessage(idOf(1), seq, { content }));
    const facts = outboxFacts({ contact: idOf(1), id: idOf(1), seq: 1, position: 1, hidden: false });
    store.outbox.add({ ...facts, session: idOf(5), envelope: content });
    store.sessions.save(idOf(1), 0, { id: idOf(5), role: 'current', since: 1, state: secret(0xa6) });
    const request = {
      ik: asIdentityKey(secret(0xa7)),
      staticKey: asStaticKey(secret(0xa8)),
      device: 0,
      generation: 0,
      name: canary,
      address: canary,
    };
    store.requests.put({ id: idOf(7), at: 1, ...request });
    store.settings.put(canary, canary);
  });
  const forbidden = [Buffer.from(canary), Buffer.from('a secret')];
  for (let fill = 0xa1; fill <= 0xa8; fill += 1) forbidden.push(Buffer.from(secret(fill)));
  const check = (): void => {
    for (const name of readdirSync(temp.folder).filter((entry) => !entry.endsWith('.lock'))) {
      const bytes = readFileSync(join(temp.folder, name));
      for (const text of forbidden) {
        expect(bytes.includes(text), name).toBe(false);
        expect(bytes.includes(text.toString('hex')), name).toBe(false);
      }
    }
  };
  check();
  store.close();
  check();
});
