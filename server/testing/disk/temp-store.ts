// A profile's store in a folder of its own, and records to put into it.
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import type { ContactId, MessageId } from '../../contract/ids.ts';
import { choosePrimitives } from '../../crypto/choose.ts';
import { anyId, type AnyId } from '../ids.ts';
import { asIdentityKey, asPresenceKey, asStaticKey } from '../keys.ts';
import type { ContactRecord } from '../../storage/tables/contacts.ts';
import { directConversation } from '../../storage/rows/conversation-rowids.ts';
import { OURSELVES } from '../../contract/messages.ts';
import type { MessageRef, NewMessage } from '../../storage/tables/message/message-record.ts';
import type { PeerDevice } from '../../storage/rows/peer-device.ts';
import type { OutboxFacts } from '../../storage/tables/outbox.ts';
import type { Transfer } from '../../storage/tables/transfers.ts';
import { createStore, openStore, type Store } from '../../storage/profile-store.ts';
import type { DamagedRow } from '../../storage/sealing/sealing.ts';

export const primitives = choosePrimitives(undefined);

/** The least Argon2 takes: tests open many stores. */
export const quickArgon2 = { memoryKiB: 8, passes: 1, lanes: 1 };

export interface TempStore {
  readonly folder: string;
  readonly path: string;
  /** All that was reported as damaged since the folder was made. */
  readonly damaged: DamagedRow[];
  create(passphrase?: string): Promise<Store>;
  open(passphrase?: string): Promise<Store>;
  /** Closes what was opened last and opens it again. */
  reopen(passphrase?: string): Promise<Store>;
  remove(): void;
}

/** In memory where there is such a folder: these tests make many files, and wait for the disk at each. */
export function tempFolder(): string {
  return mkdtempSync(`${existsSync('/dev/shm') ? '/dev/shm' : tmpdir()}/loom-store-`);
}

export function tempStore(): TempStore {
  const folder = tempFolder();
  const damaged: DamagedRow[] = [];
  const options = { folder, primitives, argon2: quickArgon2, onDamaged: (row: DamagedRow) => damaged.push(row) };
  let last: Store | null = null;
  const open = async (passphrase = ''): Promise<Store> => (last = await openStore(options, passphrase));
  return {
    folder,
    path: `${folder}/loom.db`,
    damaged,
    create: async (passphrase = '') => (last = await createStore(options, passphrase)),
    open,
    reopen(passphrase) {
      last?.close();
      return open(passphrase);
    },
    remove() {
      last?.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Secrets come back as arrays that do not print; for comparing, like any other. */
export function plain<T extends object>(record: T): T {
  const entries = Object.entries(record).map(([key, value]: [string, unknown]) => [
    key,
    value instanceof Uint8Array ? Uint8Array.from(value) : value,
  ]);
  return Object.fromEntries(entries) as T;
}

/** The same id for the same number, always. */
export function idOf(number: number): AnyId {
  return anyId(number.toString(16).padStart(32, '0'));
}

export function contactRecord(number: number, changes: Partial<ContactRecord> = {}): ContactRecord {
  return {
    id: idOf(number),
    ik: asIdentityKey(new Uint8Array(32).fill(number)),
    staticKey: asStaticKey(new Uint8Array(32).fill(number + 1)),
    device: 0,
    generation: 0,
    name: `Contact ${number}`,
    verified: false,
    blocked: false,
    addedAt: 1_800_000_000_000 + number,
    lastSeen: null,
    addresses: [{ address: '127.0.0.1:4040', source: 'typed', at: 1_800_000_000_000 }],
    presenceKey: asPresenceKey(new Uint8Array(32).fill(number + 2)),
    outSeq: 0,
    inSeq: 0,
    ...changes,
  };
}

/** A message of the direct conversation with a contact. */
export function refOf(contact: ContactId, direction: 'in' | 'out', id: MessageId): MessageRef {
  return { conversation: directConversation(contact), author: direction === 'out' ? OURSELVES : contact, id };
}

/** The one device of a contact that tests know. */
export function deviceOf(contact: ContactId): PeerDevice {
  return { contact, device: 0 };
}

/** Of one of ours in the direct conversation with a contact, waiting for their one device. */
export function outboxFacts({ contact, ...facts }: Omit<OutboxFacts, 'device' | 'conversation'>): OutboxFacts {
  return { ...deviceOf(contact), conversation: directConversation(contact), ...facts };
}

/** Of a file of ours that a contact has accepted, and of which nothing has come. */
export function newTransfer(contact: ContactId, number: number): Transfer {
  const words = {
    name: 'a',
    type: '',
    state: 'accepted',
    reason: null,
    auto: false,
    into: 'loom',
    place: { kind: 'none' },
  } as const;
  const at = 1_800_000_000_000 + number;
  return { message: refOf(contact, 'out', idOf(number)), contact, size: number, position: 0, at, ...words };
}

type Changes = Partial<NewMessage> & { readonly direction?: 'in' | 'out' };

/** One of theirs by default, with its number as seq. */
export function newMessage(
  contact: ContactId,
  number: number,
  { direction = 'in', ...changes }: Changes = {},
): NewMessage {
  return {
    ...refOf(contact, direction, idOf(number)),
    seq: number,
    state: direction === 'in' ? 'received' : 'queued',
    at: 1_800_000_000_000 + number,
    receivedAt: 1_800_000_000_500 + number,
    content: new TextEncoder().encode(`Message ${number}`),
    missing: 0,
    ...changes,
  };
}
