// From a backup into a store that is empty: everything as it was, but for what belongs to one machine. Whoever calls sees to
// it that the store becomes a profile only when all of it was read.
import { createHash } from 'node:crypto';
import { CommandError } from '../contract/errors.ts';
import { equal, toHex } from '../crypto/bytes.ts';
import { deriveIdentity, parseMasterSeed, makePresenceKey } from '../crypto/keys.ts';
import { directConversation } from '../storage/rows/conversation-rowids.ts';
import { isOurs } from '../storage/tables/message/message-record.ts';
import type { PeerDevice } from '../storage/rows/peer-device.ts';
import { contactBodySchema } from '../storage/tables/contacts.ts';
import { inviteBodySchema } from '../storage/tables/invites.ts';
import type { Store, StoreOptions } from '../storage/profile-store.ts';
import { requestBodySchema } from '../storage/tables/requests.ts';
import { withScratchStore } from '../storage/profile-files/staged-profile.ts';
import { readBackup, type ReadBackup, type ReadOptions } from './read-backup.ts';
import { Tally, type BackupRecord } from './records.ts';
import { snapshot } from './snapshot.ts';

/** Reading is most of the work of verifying, reading again what was restored the rest. */
const READING_SHARE = 0.7;

/** With whom each conversation is that was read so far; null: with ourselves. */
type Known = Map<string, PeerDevice | null>;

type From = Omit<ReadOptions, 'take'>;

/** @throws as readBackup; StorageError. */
export async function restoreInto(store: Store, from: From): Promise<ReadBackup> {
  const known: Known = new Map();
  const read = await readBackup({
    ...from,
    take: async (records) => {
      await store.journal.write(() => {
        for (const record of records) put(store, record, known, from);
      });
    },
  });
  if (!store.identity.load()) throw damaged('nobody is in it');
  return read;
}

export interface VerifiedBackup extends ReadBackup {
  /** Whose it is: the identity key, 64 hex digits. */
  readonly publicKey: string;
}

/**
 * Restores a backup into a store for a while, and compares what is then there, record by record, with what was saved.
 * @throws as readBackup; StorageError.
 */
export function verifyBackup(options: StoreOptions, from: From): Promise<VerifiedBackup> {
  const { signal, onProgress, primitives } = from;
  return withScratchStore(options, async (store) => {
    const read = await restoreInto(store, { ...from, onProgress: (share) => onProgress(share * READING_SHARE) });
    const tally = new Tally();
    const digest = createHash('sha256');
    for await (const { entries, share } of snapshot(store, signal)) {
      for (const { record, bytes } of entries) {
        tally.add(record);
        digest.update(bytes);
      }
      onProgress(READING_SHARE + share * (1 - READING_SHARE));
    }
    const same = tally.equals(read.end) && equal(new Uint8Array(digest.digest()), read.end.digest);
    const identity = store.identity.load();
    if (!same || !identity) throw damaged('what was restored is not what was saved');
    const { identityKey } = deriveIdentity(primitives, parseMasterSeed(identity.masterSeed));
    return { ...read, publicKey: toHex(identityKey.publicKey) };
  });
}

function put(store: Store, record: BackupRecord, known: Known, { primitives }: From): void {
  switch (record.t) {
    case 'identity':
      store.identity.save({ ...record, presenceKey: makePresenceKey((length) => primitives.random(length)) });
      break;
    case 'setting':
      store.settings.put(record.name, record.value);
      break;
    case 'contact': {
      const { id, outSeq, inSeq } = record;
      known.set(directConversation(id), { contact: id, device: record.device });
      // By the schema, which leaves `t` out: tables seal all that they are given.
      store.contacts.put({ ...contactBodySchema.parse({ ...record, presenceKey: null }), id, outSeq, inSeq });
      break;
    }
    case 'picture':
      requireKnown(known, directConversation(record.contact));
      store.pictures.put(record.contact, record.picture);
      break;
    case 'notes':
      known.set(record.id, null);
      store.conversations.addNotes(record.id);
      break;
    case 'mark':
    case 'timer':
    case 'seen':
    case 'waiting':
      putOfConversation(store, record, known);
      break;
    case 'request':
      store.requests.put({ ...requestBodySchema.parse(record), id: record.id });
      break;
    case 'invite':
      store.invites.put({ ...inviteBodySchema.parse(record), id: record.id });
      break;
    case 'message':
      putMessage(store, record, known);
      break;
    case 'backup':
    case 'end':
      throw new Error('the reader keeps these to itself');
  }
}

/** What is noted about a conversation. */
type OfConversation = BackupRecord & { readonly t: 'mark' | 'timer' | 'seen' | 'waiting' };

function putOfConversation(store: Store, record: OfConversation, known: Known): void {
  requireKnown(known, record.t === 'waiting' ? record.target.conversation : record.conversation);
  switch (record.t) {
    case 'mark': {
      const { conversation, pinnedAt, muted, archived, unread } = record;
      store.marks.put(conversation, { pinnedAt, muted, archived, unread });
      break;
    }
    case 'timer': {
      const { conversation, after, at } = record;
      store.timers.put(conversation, { after, at });
      break;
    }
    case 'seen':
      store.seen.put(record);
      break;
    case 'waiting':
      store.waitingActs.add(record);
      break;
  }
}

function putMessage(store: Store, record: BackupRecord & { readonly t: 'message' }, known: Known): void {
  const { conversation, id, seq, position, state, as } = record;
  const peer = known.get(conversation);
  if (peer === undefined) throw damaged('a message is nobody’s');
  store.messages.insert(record);
  // To be encrypted in the session that the next link makes.
  if (!peer || !isOurs(record) || (state !== 'queued' && as === undefined)) return;
  const what = as === undefined ? { hidden: false } : { hidden: true, as };
  store.outbox.add({ ...peer, conversation, id, seq, position, ...what, session: null, envelope: null });
}

function requireKnown(known: Known, conversation: string): void {
  if (!known.has(conversation)) throw damaged('something is of no conversation');
}

function damaged(why: string): CommandError {
  return new CommandError('backup-damaged', why);
}
