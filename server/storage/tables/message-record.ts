// A message as it is kept, and what a table of them can do.
import { z } from 'zod';
import type { ContactId, MessageId } from '../../contract/ids.ts';
import { bytesSchema } from '../sealing/sealing.ts';

/** Their codes in the database are their indexes; the schema knows `received` as 3 and `hidden` as 5. */
export const states = ['queued', 'sent', 'delivered', 'received', 'read', 'hidden'] as const;
export type StoredState = (typeof states)[number];

export const directions = ['in', 'out'] as const;
export type StoredDirection = (typeof directions)[number];

/** Codes for SQL, by name. */
export const STATE = codesOf(states);
export const DIRECTION = codesOf(directions);

function codesOf<Name extends string>(names: readonly Name[]): Readonly<Record<Name, number>> {
  return Object.fromEntries(names.map((name, code) => [name, code])) as Record<Name, number>;
}

export interface MessageRecord {
  readonly contact: ContactId;
  readonly direction: StoredDirection;
  readonly id: MessageId;
  readonly seq: number;
  /** `hidden`: not for people, such as presence keys; kept so that its id and number are known. */
  readonly state: StoredState;
  /** The sender's clock, ms. */
  readonly at: number;
  readonly receivedAt: number;
  /** CBOR as sent. */
  readonly content: Uint8Array;
  /** How many of theirs are missing right before this one. */
  readonly missing: number;
  /** Larger is later; unique in the conversation. */
  readonly order: number;
}

/** What a message is known by: nothing less names one. */
export type MessageRef = Pick<MessageRecord, 'contact' | 'direction' | 'id'>;
export type NewMessage = Omit<MessageRecord, 'order'>;

export interface StoredPage {
  /** Oldest first. */
  readonly messages: MessageRecord[];
  /** Older ones exist. */
  readonly more: boolean;
}

export interface StoredRun {
  readonly messages: MessageRecord[];
  /** The last row looked at; null: there are none any more. */
  readonly last: number | null;
  /** Rows left out because they are damaged. */
  readonly damaged: number;
}

export interface MessageTable {
  /** Puts it behind all others. @returns its order. */
  append(message: NewMessage): number;
  /**
   * Puts one of theirs right behind the message with the next smaller number, those that `missing` says are missing
   * right before it left out. @returns its order.
   */
  insertLate(message: NewMessage): number;
  /** Puts it in the place it had, in another database. */
  insert(message: MessageRecord): void;
  has(contact: ContactId, direction: StoredDirection, id: MessageId): boolean;
  /** The message of theirs that counts this number among those missing right before it; null: none does. */
  behindHole(contact: ContactId, seq: number): MessageRecord | null;
  setMissing(message: MessageRecord, missing: number): void;
  /** @throws StorageError damaged. */
  get(contact: ContactId, direction: StoredDirection, id: MessageId): MessageRecord | null;
  /** Where it stands, whether or not it can be opened. */
  locate(
    contact: ContactId,
    direction: StoredDirection,
    id: MessageId,
  ): { readonly seq: number; readonly order: number } | null;
  /**
   * The newest `limit` that are not hidden, or those right before message `before`; fewer once their sealed sizes
   * together pass `maxBytes`, but at least one. Damaged ones are left out and reported. Empty when `before` is unknown.
   */
  page(
    contact: ContactId,
    before: Pick<MessageRef, 'direction' | 'id'> | null,
    limit: number,
    maxBytes: number,
  ): StoredPage;
  /** The number of the newest row of all conversations; 0: none. What is stored later has larger ones. */
  newestRow(): number;
  /**
   * The next rows of all conversations behind row `after`, up to row `until`, as they were stored; hidden ones are left
   * out. At most `limit`, and fewer once their sealed sizes together pass `maxBytes`. Damaged ones are reported.
   */
  run(after: number, until: number, limit: number, maxBytes: number): StoredRun;
  /**
   * Deletes what it says for good. Its id and number stay, so that it is known should it come again.
   * @param content what is kept in its place, as CBOR; left out: nothing. @returns false when there is none to be seen.
   */
  erase(place: MessageRef, content?: Uint8Array): boolean;
  /**
   * Those of a conversation that are not hidden, oldest first, stored no later than row `until`; at most `limit`, and fewer
   * once their sealed sizes together pass `maxBytes`.
   */
  shown(contact: ContactId, until: number, limit: number, maxBytes: number): MessageRef[];
  /** One of ours is on their disk. @returns false when there is none that still waits for that. */
  delivered(message: Pick<MessageRecord, 'contact' | 'id' | 'seq' | 'order'>): boolean;
  /** The last of the next `limit` unread rows behind `after`, up to row `until` and `place`; null: there are none. */
  unreadUpTo(contact: ContactId, after: number, until: number, limit: number, place?: number): number | null;
  /** Everything received is read now, up to row `until` and `place` as far as they are given. @returns how many were not. */
  markRead(contact: ContactId, until?: number, place?: number): number;
  unread(contact: ContactId): number;
  /** Sealed sizes of what is unread, and of all of theirs that is not hidden. */
  unreadBytes(contact: ContactId): number;
  heldBytes(contact: ContactId): number;
  /** The newest that is neither hidden nor damaged. */
  last(contact: ContactId): MessageRecord | null;
}

export const bodySchema = z.object({
  at: z.number(),
  receivedAt: z.number(),
  content: bytesSchema,
  missing: z.number(),
});

/** All of a message. */
export const messageSchema = bodySchema.extend({
  contact: z.string(),
  direction: z.enum(directions),
  id: z.string(),
  seq: z.number(),
  state: z.enum(states),
  order: z.number(),
});
