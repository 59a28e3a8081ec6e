// Databases of the original Loom, built to its schema, sane and odd: what comes of them, and that they are left alone.
import { OURSELVES } from '../contract/messages.ts';
import { directConversation } from '../storage/rows/conversation-rowids.ts';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { namedFiles } from '../backup/files.ts';
import type { ImportPreview } from '../contract/model.ts';
import { fromHex, toHex } from '../crypto/bytes.ts';
import type { IdentityPublicKey } from '../crypto/keys.ts';
import { parseContent } from '../protocol/content/content.ts';
import { parseToken } from '../protocol/token.ts';
import type { Store } from '../storage/profile-store.ts';
import { OriginalDatabase, person, seed, uuid } from '../testing/disk/original-loom.ts';
import { primitives, refOf, tempStore, type TempStore } from '../testing/disk/temp-store.ts';
import { anyId } from '../testing/ids.ts';
import { importOriginal, previewOriginal, type ImportOptions } from './import-loom.ts';

const NOW = 1_800_000_000_000;
const [BOB, EVE] = [person(2), person(3)];

let folder: string;
let path: string;
let temp: TempStore;
const files = namedFiles(new AbortController().signal);
afterAll(() => files.end());
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'loom-original-'));
  path = join(folder, 'loom.db');
  temp = tempStore();
});
afterEach(() => {
  temp.remove();
  rmSync(folder, { recursive: true, force: true });
});

const options = (from = path): ImportOptions => ({
  primitives,
  path: from,
  folder: temp.folder,
  files,
  signal: new AbortController().signal,
  onProgress: () => undefined,
});

const preview = (from = path): Promise<ImportPreview> => previewOriginal(options(from));

async function imported(from = path): Promise<Store> {
  const store = await temp.create();
  await importOriginal(store, options(from), 'Ann', NOW);
  return store;
}

interface Line {
  readonly direction: string;
  readonly body: string;
  readonly state: string;
  readonly at: number;
}

function history(store: Store, ik: IdentityPublicKey): Line[] {
  const contact = store.contacts.byIdentity(ik)!;
  return store.messages
    .page(directConversation(contact.id), null, 1000, Infinity)
    .messages.map(({ author, content, state, at }) => {
      const parsed = parseContent(content);
      return {
        direction: author === OURSELVES ? 'out' : 'in',
        body: parsed.t === 'text' ? parsed.body : '',
        state,
        at,
      };
    });
}

const bodies = (store: Store, ik: IdentityPublicKey): string[] => history(store, ik).map(({ body }) => body);

/** Names, contents and times of all files of the source. */
function fingerprint(): string[] {
  return readdirSync(folder)
    .sort()
    .map((name) => {
      const file = join(folder, name);
      return `${name} ${statSync(file).mtimeMs} ${createHash('sha256').update(readFileSync(file)).digest('hex')}`;
    });
}

function sane(): OriginalDatabase {
  return new OriginalDatabase(path)
    .identity(seed(1))
    .contact(BOB, 'Bob')
    .contact(EVE, 'Eve')
    .sent(uuid(1), BOB.ik, 'hello', 1_700_000_001)
    .received(uuid(2), BOB.ik, 'hello yourself', 1_700_000_002)
    .received(uuid(3), BOB.ik, 'unread', 1_700_000_002, 0)
    .sent(uuid(4), EVE.ik, 'ho', 1_700_000_003);
}

describe('a database of the original Loom', () => {
  it('becomes the same identity, its contacts, and its history with right directions', async () => {
    sane().run('INSERT INTO ratchet_states VALUES (?, ?)', BOB.ik, '{"secret":1}').close();
    const store = await imported();
    const { presenceKey, ...identity } = store.identity.load()!;
    expect(presenceKey).toHaveLength(32);
    expect({ ...identity, masterSeed: toHex(identity.masterSeed) }).toEqual({
      masterSeed: '01'.repeat(32),
      name: 'Ann',
      device: 0,
      generation: 0,
      createdAt: NOW,
    });
    const [bob, eve] = store.contacts.list();
    expect([bob?.name, eve?.name]).toEqual(['Bob', 'Eve']);
    expect(bob).toMatchObject({ verified: false, blocked: false, outSeq: 0, inSeq: 0, addedAt: 1_700_000_000_000 });
    expect(toHex(bob!.staticKey)).toBe(toHex(BOB.dh));
    expect(history(store, BOB.ik)).toEqual([
      { direction: 'out', body: 'hello', state: 'sent', at: 1_700_000_001_000 },
      { direction: 'in', body: 'hello yourself', state: 'read', at: 1_700_000_002_000 },
      { direction: 'in', body: 'unread', state: 'received', at: 1_700_000_002_000 },
    ]);
    expect(store.messages.unread(directConversation(bob!.id))).toBe(1);
    expect(store.messages.has(refOf(bob!.id, 'out', anyId(uuid(1).replaceAll('-', ''))))).toBe(true);
    expect(store.outbox.total()).toBe(0);
    expect(store.sessions.load(bob!.id, 0)).toEqual([]);
  });

  it('is shown before, and never changed, nor is a copy left', async () => {
    sane().close();
    const before = fingerprint();
    const shown = await preview();
    expect(shown).toMatchObject({
      contacts: [
        { name: 'Bob', publicKey: toHex(BOB.ik), messages: 3 },
        { name: 'Eve', publicKey: toHex(EVE.ik), messages: 1 },
      ],
      messages: 4,
      skipped: [],
    });
    expect(toHex(parseToken(primitives, shown.token).identityKey)).toBe(shown.publicKey);
    expect(toHex(parseToken(primitives, shown.token).staticKey)).toBe(toHex(person(1).dh));
    expect(readdirSync(temp.folder)).toEqual([]);
    await imported();
    expect(fingerprint()).toEqual(before);
    expect(readdirSync(temp.folder)).not.toContain('import');
  });

  it('is read with what waits in its log', async () => {
    const live = new OriginalDatabase(join(folder, 'live.db'), { journal: 'wal' });
    live.identity(seed(1)).contact(BOB, 'Bob').received(uuid(1), BOB.ik, 'in the log', 1_700_000_000);
    live.copyTo(path);
    live.close();
    expect(statSync(`${path}-wal`).size).toBeGreaterThan(0);
    const before = fingerprint();
    expect(bodies(await imported(), BOB.ik)).toEqual(['in the log']);
    expect(fingerprint()).toEqual(before);
  });

  it('is refused where a crash has left it half done', async () => {
    sane().close();
    writeFileSync(`${path}-journal`, 'hot');
    await expect(preview()).rejects.toMatchObject({ code: 'import-in-use' });
  });

  it('keeps the order of time, not of rows, and of rows within a second', async () => {
    const database = new OriginalDatabase(path).identity(seed(1)).contact(BOB, 'Bob');
    const times = [5, 3, 3, 9, 1, 3, -7, 2 ** 40];
    for (const [index, at] of times.entries()) database.received(uuid(index), BOB.ik, `${index}`, at);
    database.close();
    const store = await imported();
    expect(bodies(store, BOB.ik)).toEqual(['6', '4', '1', '2', '5', '0', '3', '7']);
    expect(history(store, BOB.ik)[0]?.at).toBe(0);
  });
});

describe('what is odd', () => {
  it('in contacts is left out and counted', async () => {
    new OriginalDatabase(path)
      .identity(seed(1))
      .contact(BOB, 'Bob')
      .contact({ ik: BOB.ik, dh: EVE.dh }, 'Bob again')
      .contact({ ik: EVE.ik.subarray(1), dh: EVE.dh }, 'short')
      .contact({ ik: EVE.ik, dh: new Uint8Array(32) }, 'low order')
      .contact({ ik: null, dh: null }, 'nobody')
      .contact({ ik: 'text', dh: 5 }, 'of other types')
      .contact(person(1), 'me')
      .contact(EVE, null, 'never')
      .contact(person(4), 'A\n\u0001B\u202e  ')
      .contact(person(5), 'é'.repeat(100))
      .received(uuid(1), BOB.ik, 'hi', 1)
      .close();
    const shown = await preview();
    expect(shown.skipped).toEqual([
      { reason: 'contact-twice', count: 1 },
      { reason: 'contact-keys', count: 4 },
      { reason: 'contact-self', count: 1 },
    ]);
    expect(shown.contacts.map(({ name }) => name)).toEqual([
      'Bob',
      toHex(EVE.ik).slice(0, 8),
      'A B\u202e',
      'é'.repeat(64),
    ]);
    const store = await imported();
    expect(store.contacts.list()).toHaveLength(4);
    expect(bodies(store, BOB.ik)).toEqual(['hi']);
  });

  it('in messages is left out and counted, and nothing that can be shown is', async () => {
    const huge = 'x'.repeat(256 * 1024);
    const bytes = (hex: string): Uint8Array => fromHex(hex);
    const database = new OriginalDatabase(path).identity(seed(1)).contact(BOB, 'Bob');
    database
      .received(uuid(1), EVE.ik, 'from a stranger', 1)
      .received(uuid(2), BOB.ik, huge, 2)
      .received(uuid(3), BOB.ik, `${huge}!`, 3)
      .received(uuid(4), BOB.ik, '', 4)
      .received(uuid(5), BOB.ik, null, 5)
      .received('no uuid at all', BOB.ik, 'odd id', 6)
      .received(null, BOB.ik, 'no id', 7)
      .received(uuid(7).toUpperCase(), BOB.ik, 'first of two', 8)
      .received(uuid(7).replaceAll('-', ''), BOB.ik, 'second of two', 9)
      .received(uuid(8), BOB.ik, bytes('68 c3 28 69'.replaceAll(' ', '')), 10)
      .run(
        'INSERT INTO messages VALUES (?, ?, ?, ?, CAST(? AS TEXT), ?, ?)',
        uuid(9),
        BOB.ik,
        BOB.ik,
        BOB.ik,
        bytes('610062'),
        11,
        null,
      )
      .received(uuid(10), BOB.ik, 42, 'soon')
      .run('INSERT INTO messages VALUES (?, ?, ?, ?, ?, ?, ?)', uuid(11), null, null, null, 'nobody’s', 13, 1)
      .run('INSERT INTO messages VALUES (?, ?, ?, ?, ?, ?, ?)', uuid(12), BOB.ik, null, null, 'no sender: ours', 14, 1)
      .received(uuid(13), BOB.ik, new Uint8Array(200_000).fill(0xff), 15)
      .close();
    const shown = await preview();
    expect(shown.skipped).toEqual([
      { reason: 'message-nobody', count: 2 },
      { reason: 'message-too-large', count: 2 },
      { reason: 'message-unreadable', count: 2 },
    ]);
    const store = await imported();
    expect(bodies(store, BOB.ik)).toEqual([
      '42',
      huge,
      'odd id',
      'no id',
      'first of two',
      'second of two',
      'h\ufffd(i',
      'a\u0000b',
      'no sender: ours',
    ]);
    expect(shown.messages).toBe(9);
    expect(history(store, BOB.ik).at(-1)?.direction).toBe('out');
  });

  it.each([
    ['no database', 'import-foreign', (): void => writeFileSync(path, 'something else, long enough to be looked at')],
    ['an empty file', 'import-foreign', (): void => writeFileSync(path, '')],
    [
      'another program’s',
      'import-foreign',
      (): void => void new OriginalDatabase(path, { schema: 'CREATE TABLE a (b)' }).close(),
    ],
    ['one without an identity', 'import-foreign', (): void => void new OriginalDatabase(path).close()],
    [
      'a short seed',
      'import-damaged',
      (): void => void new OriginalDatabase(path).identity(new Uint8Array(31)).close(),
    ],
    ['a seed of text', 'import-damaged', (): void => void new OriginalDatabase(path).identity('seed').close()],
    [
      'columns missing',
      'import-damaged',
      (): void =>
        void new OriginalDatabase(path, {
          schema: 'CREATE TABLE self_identity (id, master_seed); CREATE TABLE contacts (name)',
        })
          .identity(seed(1))
          .close(),
    ],
    ['no file', 'file-missing', (): void => undefined],
  ])('as a whole, %s, is refused by name', async (_, code, make) => {
    make();
    await expect(preview()).rejects.toMatchObject({ code });
    expect(readdirSync(temp.folder)).toEqual([]);
  });

  it('pages are refused, and nothing else happens', async () => {
    const database = sane();
    for (let number = 100; number < 400; number += 1) database.received(uuid(number), BOB.ik, 'x'.repeat(200), number);
    database.close();
    const bytes = readFileSync(path);
    bytes.fill(0x55, 3 * 4096, bytes.length - 4096);
    writeFileSync(path, bytes);
    await expect(preview()).rejects.toMatchObject({ code: 'import-damaged' });
  });

  it('tables that lack are as good as empty', async () => {
    const schema = 'CREATE TABLE self_identity (id INTEGER PRIMARY KEY, master_seed BLOB)';
    new OriginalDatabase(path, { schema }).identity(seed(1)).close();
    expect(await preview()).toMatchObject({ contacts: [], messages: 0, skipped: [] });
    expect((await imported()).contacts.list()).toEqual([]);
  });

  it('row numbers beyond all numbers end the reading', async () => {
    sane()
      .run('UPDATE messages SET rowid = ? WHERE id = ?', 2n ** 62n, uuid(1))
      .run('UPDATE messages SET rowid = ? WHERE id = ?', 2n ** 62n + 1n, uuid(2))
      .close();
    const shown = await preview().catch((error: unknown) => error);
    expect(shown).toMatchObject({ code: 'import-damaged' });
  });
});

it('a new Loom goes on behind what was imported', async () => {
  sane().close();
  const store = await imported();
  const { id } = store.contacts.byIdentity(BOB.ik)!;
  const conversation = directConversation(id);
  const message = { conversation, author: id, state: 'received', at: NOW, receivedAt: NOW, missing: 0 } as const;
  const content = new TextEncoder().encode('new');
  await store.journal.write(() => {
    store.messages.append({ ...message, id: anyId('a'.repeat(32)), seq: 4, content, missing: 3 });
    store.messages.insertLate({ ...message, id: anyId('b'.repeat(32)), seq: 2, content });
  });
  const seqs = store.messages.page(conversation, null, 10, Infinity).messages.map(({ seq }) => seq);
  expect(seqs).toEqual([0, 0, 0, 2, 4]);
});
