// From the database of the original Loom into a new profile: the same identity and token, the contacts, the history with
// right directions. Its ratchet states are of another protocol: sessions are made anew with the first link.
import { setImmediate as turn } from 'node:timers/promises';
import type { ContactId, MessageId } from '../contract/ids.ts';
import type { Files } from '../backup/files.ts';
import type { ImportPreview } from '../contract/model.ts';
import { fromHex, toHex } from '../crypto/bytes.ts';
import { makePresenceKey } from '../crypto/keys.ts';
import type { Primitives } from '../crypto/primitives.ts';
import { encodeContent } from '../protocol/content/content.ts';
import { encodeToken } from '../protocol/token.ts';
import { directConversation } from '../storage/rows/conversation-rowids.ts';
import { OURSELVES } from '../contract/messages.ts';
import type { Store } from '../storage/profile-store.ts';
import { withCopy } from './copy.ts';
import { OriginalLoom, type OriginalMessage } from './original.ts';

const ID_BYTES = 16;
/** Of no contact: nothing is kept of it. */
const NOBODY = '' as ContactId;

/**
 * Messages come by row, not by time: a position is the second it was sent at, and in that second the row's own share of it.
 * With the 31 bits of the seconds this fills the 53 of a number.
 */
const POSITIONS_A_SECOND = 2 ** 22;

const UUID = /^[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}$/i;

export interface ImportOptions {
  readonly primitives: Primitives;
  readonly files: Files;
  /** The database to import, absolute. It is only ever read. */
  readonly path: string;
  /** The profile's own, where the copy stands for a while. */
  readonly folder: string;
  readonly signal: AbortSignal;
  readonly onProgress: (share: number) => void;
}

/** What an import would bring. @throws CommandError import-…, file-…; whatever `signal` is aborted with. */
export function previewOriginal(options: ImportOptions): Promise<ImportPreview> {
  return withOriginal(options, async (original) => {
    const counts = new Map<string, number>();
    await eachRun(original, options, (messages) => {
      for (const { peer } of messages) counts.set(peer, (counts.get(peer) ?? 0) + 1);
    });
    const { ik, staticKey, contacts, skipped } = original;
    return {
      publicKey: toHex(ik),
      token: encodeToken(options.primitives, { version: 1, identityKey: ik, staticKey }),
      contacts: [...contacts].map(([publicKey, { name }]) => ({
        name,
        publicKey,
        messages: counts.get(publicKey) ?? 0,
      })),
      messages: [...counts.values()].reduce((sum, count) => sum + count, 0),
      skipped,
    };
  });
}

/**
 * @param name ours: the original Loom knows none. @param now ms.
 * @throws as previewOriginal; StorageError.
 */
export function importOriginal(store: Store, options: ImportOptions, name: string, now: number): Promise<void> {
  const { primitives } = options;
  return withOriginal(options, async (original) => {
    const ids = new Map<string, ContactId>();
    await store.journal.write(() => {
      const identity = { masterSeed: original.seed, name, device: 0, generation: 0, createdAt: now };
      store.identity.save({ ...identity, presenceKey: makePresenceKey((length) => primitives.random(length)) });
      for (const [key, { ik, staticKey, name: theirs, addedAt }] of original.contacts) {
        const id = toHex(primitives.random(ID_BYTES)) as ContactId;
        ids.set(key, id);
        store.contacts.put({
          ...{ id, ik, staticKey, name: theirs, addedAt, device: 0, generation: 0, verified: false, blocked: false },
          ...{ lastSeen: null, addresses: [], presenceKey: null, outSeq: 0, inSeq: 0 },
        });
      }
    });
    let count = 0;
    await eachRun(original, options, async (messages) => {
      await store.journal.write(() => {
        for (const message of messages) {
          putMessage(store, primitives, message, ids.get(message.peer) ?? NOBODY, count % POSITIONS_A_SECOND);
          count += 1;
        }
      });
    });
  });
}

function withOriginal<T>(
  { primitives, ...place }: ImportOptions,
  use: (original: OriginalLoom) => Promise<T>,
): Promise<T> {
  return withCopy(place, async (copy) => {
    const original = new OriginalLoom(copy, primitives);
    try {
      return await use(original);
    } finally {
      original.close();
    }
  });
}

async function eachRun(
  original: OriginalLoom,
  { signal, onProgress }: ImportOptions,
  use: (messages: readonly OriginalMessage[]) => Promise<void> | void,
): Promise<void> {
  for (let run = original.next(); run; run = original.next()) {
    await use(run.messages);
    onProgress(run.share);
    await turn();
    signal.throwIfAborted();
  }
}

function putMessage(
  store: Store,
  primitives: Primitives,
  { id: original, direction, body, at: second, read }: OriginalMessage,
  contact: ContactId,
  rank: number,
): void {
  const at = second * 1000;
  const given = idOf(primitives, original);
  // Theirs to choose there, so one may come twice here.
  const place = {
    conversation: directConversation(contact),
    author: direction === 'out' ? OURSELVES : contact,
  };
  const id = store.messages.has({ ...place, id: given }) ? (toHex(primitives.random(ID_BYTES)) as MessageId) : given;
  store.messages.insert({
    ...{ ...place, id, at, receivedAt: at, missing: 0 },
    // Before all numbers: the other side counts its own from 1, and neither side may find the other's missing.
    seq: 0,
    content: encodeContent({ t: 'text', body, at, seq: 1 }),
    // The original Loom hears nothing of what became of a message it has sent.
    state: direction === 'out' ? 'sent' : read ? 'read' : 'received',
    position: second + rank / POSITIONS_A_SECOND,
  });
}

/** A UUID is kept; anything else becomes an id by its hash. */
function idOf(primitives: Primitives, original: Uint8Array): MessageId {
  const text = Buffer.from(original).toString('latin1');
  if (UUID.test(text)) return toHex(fromHex(text.replaceAll('-', ''))) as MessageId;
  return toHex(primitives.sha256(original).subarray(0, ID_BYTES)) as MessageId;
}
