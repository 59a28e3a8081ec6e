// All of a profile that a backup holds, as it stands at one moment, while the profile goes on: contacts with their
// counters and everything small in one transaction, then the messages there were at that moment, some at a time.
import { hash } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';
import type { ContactId } from '../contract/ids.ts';
import { equal, fromHex } from '../crypto/bytes.ts';
import { encodeContent } from '../protocol/content/content.ts';
import type { MessageRecord } from '../storage/tables/message/message-record.ts';
import type { OutboxFacts } from '../storage/tables/outbox.ts';
import type { Store } from '../storage/profile-store.ts';
import { directConversation } from '../storage/rows/conversation-rowids.ts';
import { PICTURES_AT_ONCE, RECORD_BYTES, RUN_BYTES, RUN_MESSAGES } from './limits.ts';
import { framed, RECORD_LENGTH_BYTES, type BackupRecord } from './records.ts';

/** Settings that mean something on the one machine only, or nothing to a person. */
const LEFT_OUT: ReadonlySet<string> = new Set(['backup', 'written-at']);

/** A record, and how it stands in the plaintext. */
interface Entry {
  readonly record: BackupRecord;
  readonly bytes: Uint8Array;
}

export interface Batch {
  readonly entries: readonly Entry[];
  /** Messages that could not be read, in this batch. */
  readonly damaged: number;
  /** Messages that no record holds, in this batch. */
  readonly tooLarge: number;
  /** How far this is, from 0 to 1. */
  readonly share: number;
}

/** @throws StorageError; whatever `signal` is aborted with. */
export async function* snapshot(store: Store, signal: AbortSignal): AsyncGenerator<Batch> {
  const { small, newest, unshown } = await store.journal.write(() => ({
    small: smallRecords(store),
    newest: store.messages.newestRow(),
    unshown: new Map(store.outbox.unshown().map((row) => [placeOf(row), row])),
  }));
  const known = new Set(small.flatMap(conversationOf));
  yield { entries: small.map(entryOf), damaged: 0, tooLarge: 0, share: 0 };
  for (const pictures of batches(small.flatMap(picturedContact), PICTURES_AT_ONCE)) {
    await turn();
    signal.throwIfAborted();
    yield {
      entries: pictures.flatMap((contact) => pictureRecord(store, contact) ?? []).map(entryOf),
      ...{ damaged: 0, tooLarge: 0, share: 0 },
    };
  }
  let after = 0;
  for (;;) {
    await turn();
    signal.throwIfAborted();
    const { messages, last, damaged } = store.messages.run(after, newest, RUN_MESSAGES, RUN_BYTES, (message) =>
      unshown.has(placeOf(message)),
    );
    if (last === null) return;
    after = last;
    // A row may be stored anew under the number of one that was deleted meanwhile; its conversation then is not in here.
    const theirs = messages.filter(({ conversation }) => known.has(conversation));
    const records = theirs.flatMap((message) => messageRecord(message, unshown.get(placeOf(message))) ?? []);
    const all = records.map((record) => entryOf(record));
    const entries = all.filter(({ bytes }) => bytes.length <= RECORD_LENGTH_BYTES + RECORD_BYTES);
    yield { entries, damaged, tooLarge: all.length - entries.length, share: last / newest };
  }
}

/**
 * What disappears would outlive its time in a file, a presence key is the one machine's, and our profile is told anew. While they wait to be sent something
 * stands for them, or their numbers would be missing for ever. @param unshown only hidden ones have it: what waited when
 * this began may be delivered by now. @returns null: nothing is kept of it.
 */
function messageRecord(message: MessageRecord, unshown: OutboxFacts | undefined): BackupRecord | null {
  const as = unshown?.as === 'profile' ? undefined : unshown?.as;
  if (!message.fading && (as || !unshown)) return { t: 'message', ...(as && { as }), ...message };
  return unshown || message.state === 'queued' ? standIn(message) : null;
}

/** An act that takes itself back: whoever gets it shows nothing, and misses nothing. */
function standIn(message: MessageRecord): BackupRecord {
  const { id, at, seq } = message;
  const content = encodeContent({ t: 'delete', of: fromHex(id), at, seq });
  return { t: 'message', as: 'act', ...message, state: 'hidden', content, folded: undefined, fading: undefined };
}

function placeOf({ conversation, position }: Pick<MessageRecord, 'conversation' | 'position'>): string {
  return `${conversation} ${position}`;
}

function smallRecords(store: Store): BackupRecord[] {
  const identity = store.identity.load();
  if (!identity) throw new Error('an open profile has an identity');
  const notes = store.conversations.notes();
  const settings = store.settings.list().filter(({ name }) => !LEFT_OUT.has(name));
  return [
    { t: 'identity', ...withoutKey(identity) },
    ...settings.map((setting) => ({ t: 'setting', ...setting }) as const),
    ...store.contacts.list().map((contact) => ({ t: 'contact', ...withoutKey(contact), told: undefined }) as const),
    ...(notes === null ? [] : [{ t: 'notes', id: notes } as const]),
    ...store.marks.list().map(([conversation, marks]) => ({ t: 'mark', conversation, ...marks }) as const),
    ...store.timers.list().map(([conversation, setting]) => ({ t: 'timer', conversation, ...setting }) as const),
    ...store.seen.list().map((seen) => ({ t: 'seen', ...seen }) as const),
    ...store.waitingActs.list().map((act) => ({ t: 'waiting', ...act }) as const),
    ...store.requests.list().map((request) => ({ t: 'request', ...request }) as const),
    ...store.invites.list().map((invite) => ({ t: 'invite', ...invite }) as const),
  ];
}

/** Those that messages of this backup may be of. */
function conversationOf(record: BackupRecord): readonly string[] {
  if (record.t === 'contact') return [directConversation(record.id)];
  return record.t === 'notes' ? [record.id] : [];
}

/** One with a picture, and its SHA-256. */
function picturedContact(record: BackupRecord): readonly Pictured[] {
  return record.t === 'contact' && record.says?.picture ? [{ contact: record.id, digest: record.says.picture }] : [];
}

interface Pictured {
  readonly contact: ContactId;
  readonly digest: Uint8Array;
}

/** Null: it has been changed meanwhile, and comes again with the next session. */
function pictureRecord(store: Store, { contact, digest }: Pictured): BackupRecord | null {
  const picture = store.pictures.get(contact);
  const isTheOne = picture && equal(new Uint8Array(hash('sha256', picture, 'buffer')), digest);
  return isTheOne ? { t: 'picture', contact, picture } : null;
}

function batches<T>(items: readonly T[], size: number): T[][] {
  const count = Math.ceil(items.length / size);
  return Array.from({ length: count }, (_, at) => items.slice(at * size, (at + 1) * size));
}

function entryOf(record: BackupRecord): Entry {
  return { record, bytes: framed(record) };
}

/** Presence keys belong to the one machine. */
function withoutKey<T extends { readonly presenceKey: unknown }>(record: T): Omit<T, 'presenceKey'> {
  return { ...record, presenceKey: undefined };
}
