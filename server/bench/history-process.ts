// A profile with one conversation in a process of its own: writes the conversation, or starts with it and reads it.
import { directConversation } from '../storage/rows/conversation-rowids.ts';
import { OURSELVES } from '../contract/messages.ts';
import { createHash } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ContactId, MessageId } from '../contract/ids.ts';
import { fromHex, toHex } from '../crypto/bytes.ts';
import { choosePrimitives } from '../crypto/choose.ts';
import { deriveIdentity, parseMasterSeed, makePresenceKey } from '../crypto/keys.ts';
import { DEFAULT_ARGON2 } from '../crypto/passphrase.ts';
import { SilentDiscovery } from '../discovery/silent.ts';
import { systemClock } from '../timing/clock.ts';
import { Profile } from '../engine/profile/profile.ts';
import { encodeContent } from '../protocol/content/content.ts';
import type { ContactRecord } from '../storage/tables/contacts.ts';
import { Database } from '../storage/database.ts';
import type { IdentityRecord } from '../storage/tables/identity.ts';
import { createStore, removeStaleLock, type Store } from '../storage/profile-store.ts';
import { tcpTransport } from '../transport/tcp.ts';
import { options, serve } from './process.ts';

const PASSPHRASE = 'correct horse battery staple';
const PAGE = 50;
/** What the journal takes into one transaction. */
const BATCH = 1000;
const BODY = 'a'.repeat(100);

const { folder } = options() as { readonly folder: string };
const primitives = choosePrimitives(undefined);
const random = (length: number): Uint8Array => primitives.random(length);

/** The profile keeps its database to itself; the bare query is put to the same one, with the same pages in memory. */
let opened: Database | null = null;
const rows = Reflect.get(Database.prototype, 'rows') as (this: Database, ...given: unknown[]) => unknown;
Reflect.set(Database.prototype, 'rows', function (this: Database, ...given: unknown[]) {
  remember(this);
  return rows.apply(this, given);
});

function remember(database: Database): void {
  opened = database;
}

const profile = new Profile({
  name: 'bench',
  folder,
  version: '0.0.0',
  primitives,
  random,
  clock: systemClock,
  transport: tcpTransport,
  peerHost: '127.0.0.1',
  peerPort: 0,
  discovery: new SilentDiscovery(),
  addresses: () => [{ adapter: 'lo', host: '127.0.0.1' }],
  network: () => '',
});

/** The one contact, and how many messages there are with them. */
let contact: ContactId;
let length = 0;

const service = {
  /** A new profile with so many messages, through the same tables as always; as many to a transaction as fit. */
  async write(count: number): Promise<void> {
    const store = await createStore({ folder, primitives, argon2: DEFAULT_ARGON2 }, PASSPHRASE);
    await fill(store, count);
    store.close();
  },

  /** @returns milliseconds until the newest page is there. */
  async start(count: number): Promise<number> {
    length = count;
    removeStaleLock(folder);
    const start = performance.now();
    await profile.start();
    await profile.execute('vault.unlock', { passphrase: PASSPHRASE });
    contact = (await profile.execute('contact.list', {}))[0]?.id ?? ('' as ContactId);
    await profile.execute('message.page', { conversation: directConversation(contact), limit: PAGE });
    return performance.now() - start;
  },

  /** Waits until all of it can be searched. @returns milliseconds of that, and of the longest turn meanwhile. */
  async fillSearch(): Promise<{ readonly ms: number; readonly longestTurn: number }> {
    const start = performance.now();
    let [longestTurn, before] = [0, start];
    let filling = true;
    while (filling) {
      await nextTurn();
      const now = performance.now();
      [longestTurn, before] = [Math.max(longestTurn, now - before), now];
      filling = (await profile.execute('search.query', { text: '' })).searched === 'filling';
    }
    return { ms: performance.now() - start, longestTurn };
  },

  /** Pages all over the conversation, as the interface gets them. @returns milliseconds for one. */
  async readPages(times: number): Promise<number> {
    const start = performance.now();
    for (let done = 0; done < times; done += 1) {
      const seq = placeOf(done, times);
      const before = { author: directionOf(seq) === 'out' ? OURSELVES : contact, id: messageId(seq) };
      await profile.execute('message.page', { conversation: directConversation(contact), before, limit: PAGE });
    }
    return (performance.now() - start) / times;
  },

  /** The rows of such pages, sealed as they are. @returns milliseconds for one page's. */
  readRows(times: number): number {
    const database = open();
    const key = fromHex(contact);
    const sql = `SELECT * FROM message WHERE conversation = (
        SELECT conversation.number FROM conversation JOIN contact ON contact.number = contact WHERE contact.id = ?
      ) AND (state = 5) = 0 AND position < ? ORDER BY position DESC LIMIT ?`;
    const start = performance.now();
    for (let done = 0; done < times; done += 1) database.rows(sql, key, placeOf(done, times), PAGE);
    return (performance.now() - start) / times;
  },
};

export type HistoryService = typeof service;

async function fill(store: Store, count: number): Promise<void> {
  const person = newContact();
  await store.journal.write(() => {
    store.identity.save(newIdentity());
    store.contacts.put(person);
  });
  for (let first = 1; first <= count; first += BATCH) {
    const numbers = Array.from({ length: Math.min(BATCH, count + 1 - first) }, (_, index) => first + index);
    await Promise.all(numbers.map((number) => store.journal.write(() => append(store, person.id, number))));
  }
}

function append(store: Store, to: ContactId, seq: number): void {
  const at = 1_700_000_000_000 + seq * 1000;
  const direction = directionOf(seq);
  const state = direction === 'in' ? 'read' : 'delivered';
  const content = encodeContent({ t: 'text', body: BODY, at, seq });
  const facts = {
    conversation: directConversation(to),
    author: direction === 'out' ? OURSELVES : to,
    id: messageId(seq),
    seq,
    state,
    at,
    receivedAt: at,
    content,
    missing: 0,
  } as const;
  store.messages.append(facts);
}

function newIdentity(): IdentityRecord {
  const [masterSeed, presenceKey] = [random(32), makePresenceKey(random)];
  return { masterSeed, presenceKey, name: 'one', device: 0, generation: 0, createdAt: 0 };
}

function newContact(): ContactRecord {
  const { identityKey, staticKey } = deriveIdentity(primitives, parseMasterSeed(random(32)));
  return {
    id: toHex(random(16)) as ContactId,
    ik: identityKey.publicKey,
    staticKey: staticKey.publicKey,
    device: 0,
    generation: 0,
    name: 'other',
    verified: false,
    blocked: false,
    addedAt: 0,
    lastSeen: null,
    addresses: [],
    presenceKey: null,
    outSeq: 0,
    inSeq: 0,
  };
}

/** Where the message with this number stands; by chance, as ids are, so that its index is what it would be. */
function directionOf(seq: number): 'in' | 'out' {
  return seq % 2 === 0 ? 'in' : 'out';
}

function messageId(number: number): MessageId {
  return createHash('sha256').update(String(number)).digest('hex').slice(0, 32) as MessageId;
}

/** The place before which the n-th of so many pages ends: from the middle half of the conversation. */
function placeOf(nth: number, times: number): number {
  return Math.floor(length * (0.25 + (0.5 * nth) / times));
}

/** The database that the profile has open. */
function open(): Database {
  if (!opened) throw new Error('the profile has not read anything yet');
  return opened;
}

serve(service);
