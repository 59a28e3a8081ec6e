// Backups of real stores, in real files: what comes back, and what becomes of files that somebody had in hand.
import { directConversation } from '../storage/rows/conversation-rowids.ts';
import fc from 'fast-check';
import { hash } from 'node:crypto';
import { existsSync, readdirSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ContactId } from '../contract/ids.ts';
import { concat, fromHex } from '../crypto/bytes.ts';
import { DEFAULT_ARGON2, MAX_ARGON2, MAX_ARGON2_COST_KIB, type Argon2Parameters } from '../crypto/passphrase.ts';
import { asIdentityKey, asPresenceKey, asStaticKey } from '../testing/keys.ts';
import { parseContent } from '../protocol/content/content.ts';
import type { ContactRecord } from '../storage/tables/contacts.ts';
import type { MessageRecord } from '../storage/tables/message/message-record.ts';
import type { Store } from '../storage/profile-store.ts';
import { png } from '../testing/pictures.ts';
import { identityRecord, PASSPHRASE, TempBackups } from '../testing/disk/temp-backup.ts';
import {
  contactRecord,
  deviceOf,
  idOf,
  newMessage,
  outboxFacts,
  plain,
  primitives,
  refOf,
  tempStore,
  type TempStore,
} from '../testing/disk/temp-store.ts';
import { paddedChunks, SEALED_CHUNK_BYTES } from './chunks.ts';
import { HEADER_BYTES, makeHeader, parseHeader } from './header.ts';
import { CHUNK_BYTES, RECORD_BYTES } from './limits.ts';
import { framed, RECORD_LENGTH_BYTES } from './records.ts';

const [ANN, BEN] = [idOf(1), idOf(2)];
const PICTURE = png(256, 256, { length: 500, fill: 9 });
const digestOf = (bytes: Uint8Array): Uint8Array => new Uint8Array(hash('sha256', bytes, 'buffer'));
const request = {
  id: idOf(90),
  ik: asIdentityKey(new Uint8Array(32).fill(90)),
  staticKey: asStaticKey(new Uint8Array(32).fill(91)),
  device: 0,
  generation: 0,
  name: 'Zoe',
  address: null,
  at: 1_800_000_000_000,
};

const invite = {
  id: idOf(95),
  secret: new Uint8Array(16).fill(95),
  token: 'LOOM-…',
  createdAt: 1_800_000_000_000,
  expiresAt: null,
  revokedAt: null,
  used: { at: 1_800_000_000_001, ik: asIdentityKey(new Uint8Array(32).fill(96)) },
};

let temps: TempStore[];
let backups: TempBackups;
let store: Store;

beforeEach(async () => {
  temps = [];
  backups = new TempBackups();
  store = await emptyStore();
});
afterEach(async () => {
  for (const temp of temps) temp.remove();
  await backups.remove();
});

function temporary(): TempStore {
  const temp = tempStore();
  temps.push(temp);
  return temp;
}

const emptyStore = (): Promise<Store> => temporary().create();

/** Something of everything. */
async function fill(): Promise<void> {
  await store.journal.write(() => {
    store.identity.save({ ...identityRecord(), about: 'Here', picture: PICTURE });
    store.settings.put('visibility', 'off');
    store.settings.put('written-at', 5);
    store.settings.put('backup', { key: new Uint8Array(32) });
    store.contacts.put(
      contactRecord(1, {
        verified: true,
        outSeq: 3,
        inSeq: 9,
        presenceKey: asPresenceKey(new Uint8Array(32).fill(0xfa)),
      }),
    );
    const says = { name: 'Ben', about: 'At sea', picture: digestOf(PICTURE), seq: 4 };
    store.contacts.put(contactRecord(2, { blocked: true, presenceKey: null, addresses: [], name: 'Bén 🌊', says }));
    store.pictures.put(BEN, PICTURE);
    store.requests.put(request);
    store.invites.put(invite);
    store.messages.append(newMessage(ANN, 1, { direction: 'out', state: 'delivered' }));
    store.messages.append(newMessage(ANN, 7, { state: 'read', missing: 3 }));
    store.messages.insertLate(newMessage(ANN, 5));
    store.messages.append(newMessage(ANN, 8, { state: 'hidden', content: new Uint8Array(32).fill(0xab) }));
    store.messages.append(newMessage(BEN, 1, { content: new Uint8Array(60_000).fill(1) }));
    for (const [number, state] of [
      [2, 'hidden'],
      [3, 'queued'],
    ] as const) {
      const position = store.messages.append(newMessage(ANN, number, { direction: 'out', state }));
      const row = outboxFacts({ contact: ANN, id: idOf(number), seq: number, position, hidden: state === 'hidden' });
      store.outbox.add({ ...row, session: idOf(77), envelope: new Uint8Array(200).fill(0xcd) });
    }
    const state = new Uint8Array(500).fill(0xef);
    store.sessions.save(ANN, 0, { id: idOf(77), role: 'current', since: 1, state });
  });
}

function historyOf(from: Store, contact: ContactId): MessageRecord[] {
  return from.messages
    .page(directConversation(contact), null, 1000, Infinity)
    .messages.map((message) => plain(message));
}

const forgotten = (contact: ContactRecord): ContactRecord => plain({ ...contact, presenceKey: null });

describe('a backup', () => {
  it('brings back everything but what belongs to one machine', async () => {
    await fill();
    const written = await backups.write(store, 'a');
    expect(written).toMatchObject({
      counts: { settings: 1, contacts: 2, requests: 1, invites: 1, messages: 6 },
      damaged: 0,
    });
    const restored = await emptyStore();
    await backups.restore('a', restored, PASSPHRASE);

    const { presenceKey, ...identity } = plain(restored.identity.load()!);
    const own = { about: 'Here', picture: PICTURE, presenceKey: undefined };
    expect(identity).toEqual({ ...plain(identityRecord()), ...own });
    expect(restored.pictures.get(BEN)).toEqual(PICTURE);
    expect(presenceKey).not.toEqual(identityRecord().presenceKey);
    expect(restored.contacts.list().map((contact) => plain(contact))).toEqual(store.contacts.list().map(forgotten));
    expect(restored.requests.list()).toEqual([request]);
    expect(restored.invites.list().map((one) => plain(one))).toEqual([invite]);
    expect(restored.settings.list()).toEqual([{ name: 'visibility', value: 'off' }]);
    for (const contact of [ANN, BEN]) expect(historyOf(restored, contact)).toEqual(historyOf(store, contact));
    expect(restored.messages.unread(directConversation(ANN))).toBe(store.messages.unread(directConversation(ANN)));
    expect(restored.outbox.pending(deviceOf(ANN), 0, 10)).toMatchObject([
      { id: idOf(2), as: 'act', session: null, envelope: null },
      { id: idOf(3), session: null, envelope: null },
    ]);
    expect(restored.outbox.count(ANN)).toBe(1);
    expect(restored.sessions.load(ANN, 0)).toEqual([]);
  });

  it('holds nobody’s picture that is not the one they have now, nor what they have of ours, nor our profile as it waits', async () => {
    await fill();
    await store.journal.write(() => {
      store.pictures.put(BEN, png(9, 9));
      store.contacts.put({ ...store.contacts.get(ANN)!, told: new Uint8Array(32).fill(0xb7) });
      const position = store.messages.append(
        newMessage(ANN, 4, { direction: 'out', state: 'hidden', content: new Uint8Array(64).fill(0xc9) }),
      );
      const row = outboxFacts({ contact: ANN, id: idOf(4), seq: 4, position, hidden: true });
      store.outbox.add({ ...row, as: 'profile', session: null, envelope: null });
    });
    await backups.write(store, 'a');
    const restored = await emptyStore();
    await backups.restore('a', restored, PASSPHRASE);
    expect(restored.pictures.get(BEN)).toBeNull();
    expect(restored.contacts.get(ANN)).not.toHaveProperty('told');
    expect(restored.outbox.profile(ANN)).toBeNull();
    const [stand] = restored.outbox.pending(deviceOf(ANN), 0, 10).filter(({ id }) => id === idOf(4));
    expect(stand).toMatchObject({ as: 'act', envelope: null });
    const { content } = restored.messages.get(refOf(ANN, 'out', idOf(4)))!;
    expect(parseContent(content)).toMatchObject({ t: 'delete', seq: 4 });
  });

  it('brings back what acts have made of messages, acts that wait, and what was seen', async () => {
    await fill();
    const conversation = directConversation(ANN);
    const folded = {
      edits: [{ n: 1, body: 'other words', act: idOf(30), seq: 4, at: 5 }],
      reactions: [{ by: ANN, emoji: '😂', act: idOf(31), seq: 5, at: 6 }],
      deletedAt: null,
    };
    const content = new Uint8Array(20).fill(0xac);
    const marks = { pinnedAt: 5, muted: { until: null }, archived: true, unread: true };
    const waiting = {
      target: { conversation, author: ANN, id: idOf(32) },
      ...{ by: ANN, act: idOf(33), seq: 6, at: 7, receivedAt: 8, content },
    };
    await store.journal.write(() => {
      const [first] = store.messages.page(conversation, null, 1000, Infinity).messages;
      store.messages.rewrite({ ...first!, deliveredAt: 9, folded });
      for (const as of ['act', 'receipt'] as const) {
        const number = as === 'act' ? 20 : 21;
        const position = store.messages.append(newMessage(ANN, number, { direction: 'out', state: 'hidden', content }));
        const row = outboxFacts({ contact: ANN, id: idOf(number), seq: number, position, hidden: true });
        store.outbox.add({ ...row, as, session: null, envelope: null });
      }
      store.seen.add(conversation, ANN, { position: 3, at: 10 });
      store.waitingActs.add(waiting);
      store.marks.put(conversation, marks);
    });
    await backups.write(store, 'a');
    const restored = await emptyStore();
    await backups.restore('a', restored, PASSPHRASE);
    expect(historyOf(restored, ANN)).toEqual(historyOf(store, ANN));
    expect(historyOf(restored, ANN)[0]).toMatchObject({ deliveredAt: 9, folded });
    expect(restored.outbox.pending(deviceOf(ANN), 0, 10)).toMatchObject([
      { id: idOf(2), hidden: true, as: 'act' },
      { id: idOf(3), hidden: false },
      { id: idOf(20), hidden: true, as: 'act' },
      { id: idOf(21), hidden: true, as: 'receipt' },
    ]);
    expect(restored.messages.get({ conversation, author: 'me', id: idOf(20) })?.content).toEqual(content);
    expect([restored.outbox.receipts(ANN), restored.outbox.hidden(ANN)]).toEqual([1, 0]);
    expect(restored.seen.list()).toEqual(store.seen.list());
    expect(restored.marks.list()).toEqual([[conversation, marks]]);
    expect(restored.waitingActs.list().map((act) => plain(act))).toEqual([plain(waiting)]);
    await expect(backups.verify('a', temporary().folder, PASSPHRASE)).resolves.toBeTruthy();
  });

  it('holds nothing that disappears, something for what of it waits, and how long what is written lasts', async () => {
    await fill();
    const conversation = directConversation(ANN);
    const fading = { life: 60_000, until: null };
    const content = new Uint8Array(30).fill(0xfa);
    await store.journal.write(() => {
      store.messages.append(newMessage(ANN, 20, { content, fading }));
      store.messages.append(newMessage(ANN, 21, { content, fading: { ...fading, until: 9 } }));
      store.timers.put(conversation, { after: 60, at: 7 });
    });
    const waits = [
      { number: 22, t: 'an act', state: 'hidden', fading },
      { number: 23, t: 'a text', state: 'queued', fading },
    ] as const;
    await store.journal.write(() => {
      for (const { number, t, state, fading: fades } of waits) {
        const position = store.messages.append(
          newMessage(ANN, number, { direction: 'out', state, content, fading: fades }),
        );
        const row = outboxFacts({ contact: ANN, id: idOf(number), seq: number, position, hidden: state === 'hidden' });
        store.outbox.add({ ...row, ...(t === 'an act' && { as: 'act' }), session: null, envelope: null });
      }
    });
    await backups.write(store, 'a');
    const restored = await emptyStore();
    await backups.restore('a', restored, PASSPHRASE);
    expect(historyOf(restored, ANN)).toEqual(historyOf(store, ANN).filter(({ fading: fades }) => !fades));
    // A presence key waits as well, from the beginning.
    const numbers = [2, ...waits.map(({ number }) => number)];
    expect(restored.outbox.acts()).toMatchObject(numbers.map((seq) => ({ id: idOf(seq), seq, as: 'act' })));
    for (const number of numbers) {
      const kept = restored.messages.get({ conversation, author: 'me', id: idOf(number) });
      expect(parseContent(kept!.content)).toMatchObject({ t: 'delete', of: fromHex(idOf(number)), seq: number });
      expect(kept).not.toHaveProperty('fading');
    }
    expect(restored.timers.list()).toEqual([[conversation, { after: 60, at: 7 }]]);
    await expect(backups.verify('a', temporary().folder, PASSPHRASE)).resolves.toBeTruthy();
  });

  it('is whole while a removed contact is cleared away', async () => {
    await fill();
    const conversation = directConversation(ANN);
    await store.journal.write(() => {
      const target = { conversation, author: ANN, id: idOf(32) };
      store.waitingActs.add({
        target,
        by: ANN,
        act: idOf(33),
        seq: 6,
        at: 7,
        receivedAt: 8,
        content: new Uint8Array(9),
      });
      store.seen.add(conversation, ANN, { position: 3, at: 10 });
      store.contacts.remove(ANN);
    });
    await backups.write(store, 'a');
    const restored = await emptyStore();
    await backups.restore('a', restored, PASSPHRASE);
    expect(restored.contacts.list().map(({ id }) => id)).toEqual([BEN]);
    expect([restored.seen.list(), restored.waitingActs.list()]).toEqual([[], []]);
  });

  it('brings back the notes to ourselves, under their id, and has nothing of them to send', async () => {
    await fill();
    const notes = idOf(0xabc);
    const note = { ...newMessage(ANN, 9, { direction: 'out', state: 'delivered' }), conversation: notes };
    await store.journal.write(() => {
      store.conversations.addNotes(notes);
      store.messages.append(note);
    });
    await backups.write(store, 'a');
    const restored = await emptyStore();
    await backups.restore('a', restored, PASSPHRASE);
    expect(restored.conversations.notes()).toBe(notes);
    expect(restored.messages.page(notes, null, 9, Infinity).messages.map((message) => plain(message))).toEqual([
      plain({ ...note, position: 1 }),
    ]);
    expect(restored.outbox.total()).toBe(store.outbox.total());
  });

  it('holds no ratchet state, no presence key, no envelope', async () => {
    await fill();
    await backups.write(store, 'a');
    const text = JSON.stringify(await backups.records('a'), (_, value: unknown) =>
      value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value,
    );
    expect(text.includes('07'.repeat(32))).toBe(true);
    for (const secret of ['08', 'fa', 'ab', 'cd', 'ef']) expect(text.includes(secret.repeat(32))).toBe(false);
  });

  it('is private, whole, and never in the place of another file', async () => {
    await fill();
    await backups.write(store, 'a');
    expect(statSync(backups.path('a')).mode & 0o777).toBe(0o600);
    writeFileSync(backups.path('b'), 'mine');
    await expect(backups.write(store, 'b')).rejects.toMatchObject({ code: 'file-exists' });
    await expect(backups.write(store, 'no/such/folder')).rejects.toMatchObject({ code: 'file-missing' });
    await expect(backups.write(store, 'b/below-a-file')).rejects.toMatchObject({ code: 'file-missing' });
    const stopped = new AbortController();
    stopped.abort(new Error('stopped'));
    await expect(backups.write(store, 'c', stopped.signal)).rejects.toThrow('stopped');
    expect(readdirSync(backups.folder).sort()).toEqual(['a', 'b']);
  });

  it('is of one moment, while the profile goes on', async () => {
    await fill();
    await store.journal.write(() => {
      for (let number = 100; number < 900; number += 1) store.messages.append(newMessage(BEN, number));
    });
    const writing = backups.write(store, 'a');
    while (backups.progress.length === 0) await turn();
    for (let number = 1000; number < 1010; number += 1) {
      await turn();
      await store.journal.write(() => {
        store.contacts.setInSeq(BEN, number);
        store.messages.append(newMessage(BEN, number));
      });
    }
    await store.journal.write(() => store.contacts.remove(ANN));
    expect((await writing).counts.messages).toBeGreaterThanOrEqual(801);
    const restored = await emptyStore();
    await backups.restore('a', restored);
    expect(restored.contacts.get(BEN)?.inSeq).toBe(0);
    expect(historyOf(restored, BEN).at(-1)?.seq).toBe(899);
    expect(restored.contacts.get(ANN)).not.toBeNull();
    expect(backups.progress.at(-1)).toBe(1);
  });

  it('is verified by restoring it, and leaves nothing of that', async () => {
    await fill();
    const { counts } = await backups.write(store, 'a');
    const { folder } = temporary();
    const verified = await backups.verify('a', folder);
    expect(verified.end).toMatchObject(counts);
    expect(verified.publicKey).toMatch(/^[0-9a-f]{64}$/);
    expect(readdirSync(folder)).toEqual([]);
    await expect(backups.verify('a', folder, 'wrong')).rejects.toMatchObject({ code: 'backup-passphrase' });
    await expect(backups.verify('a', folder, '')).rejects.toMatchObject({ code: 'passphrase-empty' });
    await expect(backups.verify('b', folder)).rejects.toMatchObject({ code: 'file-missing' });
    expect(readdirSync(folder)).toEqual([]);
  });

  it('holds the longest message any Loom has kept, and says how many are longer than a record may be', async () => {
    await fill();
    // All that a record of the wire carried, when content of any length was kept.
    const longest = 1024 * 1024 - 104;
    const overhead = framed({
      t: 'message',
      ...newMessage(BEN, 9),
      position: 9,
      content: new Uint8Array(longest),
    }).length;
    const most = RECORD_BYTES + RECORD_LENGTH_BYTES - (overhead - longest);
    await store.journal.write(() => {
      for (const [index, length] of [longest, most, most + 1, 2 * most].entries())
        store.messages.append(newMessage(BEN, 9 + index, { content: new Uint8Array(length).fill(1) }));
    });
    expect(await backups.write(store, 'a')).toMatchObject({ counts: { messages: 8 }, damaged: 0, tooLarge: 2 });
    const { end } = await backups.verify('a', temporary().folder);
    expect(end).toMatchObject({ messages: 8, tooLarge: 2 });
    const restored = await emptyStore();
    await backups.restore('a', restored);
    expect(historyOf(restored, BEN).map(({ content }) => content.length)).toEqual([60_000, longest, most]);
  });

  it('gets no name when it does not read back, and leaves nothing', async () => {
    await fill();
    const reason = new Error('it says something else');
    const failed = backups.write(store, 'a', undefined, (part) => {
      expect(readdirSync(backups.folder)).toEqual([basename(part)]);
      return Promise.reject(reason);
    });
    await expect(failed).rejects.toBe(reason);
    expect(readdirSync(backups.folder)).toEqual([]);
  });

  it('survives rows that cannot be read, and says how many', async () => {
    const temp = temps[0]!;
    await fill();
    store.close();
    const { Database } = await import('../storage/database.ts');
    const database = new Database(temp.path);
    database.transaction(() => database.change('UPDATE message SET body = zeroblob(300) WHERE seq = 7'));
    database.close();
    store = await temp.open();
    expect(await backups.write(store, 'a')).toMatchObject({ counts: { messages: 5 }, damaged: 1 });
    const restored = await emptyStore();
    await backups.restore('a', restored);
    expect(historyOf(restored, ANN)).toHaveLength(3);
  });

  it('comes back whatever there was', async () => {
    const text = fc.string({ unit: 'binary', minLength: 1, maxLength: 300 });
    const message = fc.record({
      who: fc.integer({ min: 1, max: 3 }),
      direction: fc.constantFrom('in', 'out'),
      state: fc.constantFrom('queued', 'delivered', 'received', 'read'),
      content: fc
        .tuple(fc.integer({ min: 1, max: 70_000 }), fc.nat(255))
        .map(([length, byte]) => new Uint8Array(length).fill(byte)),
      missing: fc.nat(),
    });
    await fc.assert(
      fc.asyncProperty(
        text,
        fc.dictionary(text, fc.jsonValue()),
        fc.array(message, { maxLength: 12 }),
        async (name, settings, list) => {
          const [before, after] = [await emptyStore(), await emptyStore()];
          await before.journal.write(() => {
            before.identity.save(identityRecord({ name }));
            for (const [key, value] of Object.entries(settings)) before.settings.put(`x${key}`, value);
            for (const number of [1, 2, 3]) before.contacts.put(contactRecord(number, { name: `${name}${number}` }));
            for (const [index, { who, ...rest }] of list.entries())
              before.messages.append(newMessage(idOf(who), index + 1, rest));
          });
          const file = `f${temps.length}`;
          await backups.write(before, file);
          await backups.restore(file, after);
          expect(after.identity.load()?.name).toBe(name);
          expect(after.settings.list()).toEqual(before.settings.list());
          for (const number of [1, 2, 3])
            expect(historyOf(after, idOf(number))).toEqual(historyOf(before, idOf(number)));
          before.close();
          after.close();
        },
      ),
      { numRuns: 6 },
    );
  });
});

describe('a file that somebody had in hand', () => {
  let bytes: Uint8Array;
  beforeEach(async () => {
    await fill();
    await store.journal.write(() => {
      for (let number = 200; number < 207; number += 1) {
        store.messages.append(newMessage(BEN, number, { content: new Uint8Array(55_000).fill(2) }));
      }
    });
    await backups.write(store, 'good');
    bytes = backups.bytes('good');
  });

  async function codeOf(changed: Uint8Array): Promise<unknown> {
    writeFileSync(backups.path('changed'), changed);
    const error: unknown = await backups.records('changed').then(
      () => null,
      (reason: unknown) => reason,
    );
    return error === null ? null : (error as { code?: unknown }).code;
  }

  const flipped = (at: number, bits = 1): Uint8Array => bytes.with(at, bytes[at]! ^ bits);
  const chunk = (number: number): Uint8Array =>
    bytes.subarray(HEADER_BYTES + number * SEALED_CHUNK_BYTES, HEADER_BYTES + (number + 1) * SEALED_CHUNK_BYTES);
  const ordered = (...numbers: number[]): Uint8Array => concat(bytes.subarray(0, HEADER_BYTES), ...numbers.map(chunk));

  it('is read when nothing was changed', async () => {
    expect((bytes.length - HEADER_BYTES) / SEALED_CHUNK_BYTES).toBe(7);
    expect(await codeOf(bytes)).toBeNull();
    expect(await codeOf(ordered(0, 1, 2, 3, 4, 5, 6))).toBeNull();
  });

  it.each([
    ['no byte', 0, 'backup-foreign'],
    ['half the first word', 5, 'backup-foreign'],
    ['the first word', 11, 'backup-truncated'],
    ['half the header', 60, 'backup-truncated'],
    ['the header', HEADER_BYTES, 'backup-truncated'],
    ['half a chunk', HEADER_BYTES + 1000, 'backup-truncated'],
    ['one chunk', HEADER_BYTES + SEALED_CHUNK_BYTES, 'backup-truncated'],
    ['all chunks but one', HEADER_BYTES + 6 * SEALED_CHUNK_BYTES, 'backup-truncated'],
    ['all bytes but one', HEADER_BYTES + 7 * SEALED_CHUNK_BYTES - 1, 'backup-truncated'],
  ])('is refused with %s left of it', async (_, length, code) => {
    expect(await codeOf(bytes.subarray(0, length))).toBe(code);
  });

  it('is refused for any bit of its header', async () => {
    const codes = new Map<number, unknown>();
    for (let at = 0; at < HEADER_BYTES; at += 1) codes.set(at, await codeOf(flipped(at, 1 << (at % 8))));
    for (const [at, code] of codes) {
      const expected =
        at < 11 ? 'backup-foreign' : at === 11 ? 'backup-newer' : at < 80 ? 'backup-damaged' : 'backup-passphrase';
      expect(code, `byte ${at}`).toBe(expected);
    }
  });

  it('is refused for any bit of its chunks', async () => {
    const spots = [0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, SEALED_CHUNK_BYTES - 1];
    for (const number of [0, 1, 5, 6]) {
      for (const spot of spots) {
        const at = HEADER_BYTES + number * SEALED_CHUNK_BYTES + spot;
        expect(await codeOf(flipped(at, 0x80)), `byte ${spot} of chunk ${number}`).toBe('backup-damaged');
      }
    }
  });

  it('is refused with chunks that are swapped, repeated, left out, added or of another file', async () => {
    expect(await codeOf(ordered(1, 0, 2, 3, 4, 5, 6))).toBe('backup-damaged');
    expect(await codeOf(ordered(0, 1, 2, 3, 5, 4, 6))).toBe('backup-damaged');
    expect(await codeOf(ordered(0, 0, 2, 3, 4, 5, 6))).toBe('backup-damaged');
    expect(await codeOf(ordered(0, 2, 3, 4, 5, 6))).toBe('backup-damaged');
    expect(await codeOf(ordered(0, 1, 2, 3, 4, 5, 6, 6))).toBe('backup-damaged');
    expect(await codeOf(concat(bytes, Uint8Array.of(0)))).toBe('backup-truncated');
    await backups.write(store, 'other');
    const other = backups.bytes('other');
    expect(await codeOf(concat(ordered(), other.subarray(HEADER_BYTES)))).toBe('backup-damaged');
  });

  it('does not become anything when it is bad only at its end', async () => {
    truncateSync(backups.path('good'), HEADER_BYTES + 6 * SEALED_CHUNK_BYTES);
    const { folder } = temporary();
    await expect(backups.verify('good', folder)).rejects.toMatchObject({ code: 'backup-truncated' });
    expect(readdirSync(folder)).toEqual([]);
  });

  it('never opens with a byte changed anywhere', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), async (at, bits) => {
        expect(await codeOf(flipped(at, bits))).toMatch(/^backup-/);
      }),
      { numRuns: 20 },
    );
  });

  it('is refused before anything is computed, when that would take too much memory or time', async () => {
    const salts = { salt: new Uint8Array(16), secret: new Uint8Array(32) };
    const { memoryKiB, passes } = MAX_ARGON2;
    const longest = MAX_ARGON2_COST_KIB / passes;
    const made = (argon2: Partial<Argon2Parameters>): Uint8Array =>
      makeHeader(primitives, { ...salts, argon2: { ...DEFAULT_ARGON2, ...argon2 } }).bytes;
    const most = { memoryKiB: longest, passes };
    expect(parseHeader(primitives, made(most)).argon2).toMatchObject(most);
    for (const over of [
      { memoryKiB: longest + 1, passes },
      { memoryKiB, passes },
      { memoryKiB: memoryKiB + 1, passes: 1 },
    ])
      expect(await codeOf(concat(made(over), bytes.subarray(HEADER_BYTES)))).toBe('backup-damaged');
  });

  it('opens under the passphrase as typed on another keyboard', async () => {
    expect(await backups.records('good', PASSPHRASE.normalize('NFD'))).not.toEqual([]);
    expect(existsSync(backups.path('good'))).toBe(true);
  });
});

describe('the padding of a file', () => {
  it('grows it by an eighth at most, and leaves few sizes', () => {
    const sizes = new Set<number>();
    for (let count = 1; count <= 20_000; count += 1) {
      const padded = paddedChunks(count);
      const fits = padded >= Math.max(4, count) && (count <= 4 || padded / count < 1.125);
      if (!fits || paddedChunks(padded) !== padded) expect.fail(`${count} chunks become ${padded}`);
      sizes.add(padded);
    }
    expect(sizes.size).toBeLessThan(150);
  });
});
