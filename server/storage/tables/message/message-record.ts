// A message as it is kept, and what a table of them can do.
import { z } from 'zod';
import {
  conversationIdSchema,
  messageIdSchema,
  type ContactId,
  type ConversationId,
  type MessageId,
} from '../../../contract/ids.ts';
import { type AuthorId, authorSchema, OURSELVES } from '../../../contract/messages.ts';
import { bytesSchema } from '../../sealing/sealing.ts';
import { foldedSchema, type Folded } from './folded.ts';
import type { MessageFading } from './message-fading.ts';
import type { MessageScan } from './message-scan.ts';

/** Their codes in the database are their indexes; the schema knows `received` as 3 and `hidden` as 5. */
export const states = ['queued', 'sent', 'delivered', 'received', 'read', 'hidden'] as const;
export type StoredState = (typeof states)[number];

/** Their codes for SQL, by name. */
export const STATE = Object.fromEntries(states.map((name, code) => [name, code])) as Readonly<
  Record<StoredState, number>
>;

/** What a message is known by: nothing less names one. */
export interface MessageRef {
  readonly conversation: ConversationId;
  /** OURSELVES, or the id of an author, and so of a contact who is one. */
  readonly author: AuthorId;
  readonly id: MessageId;
}

/** Of a message that disappears. */
export interface Fading {
  /** How long it is there once it has been read, or delivered if it is ours; ms. */
  readonly life: number;
  /** When it goes, by our clock, ms; null: its time has yet to begin. */
  readonly until: number | null;
}

/** The number of a row whose time runs, when that is over, ms, and its sealed size, bytes. */
export interface Due {
  readonly row: number;
  readonly until: number;
  readonly size: number;
}

export interface MessageRecord extends MessageRef {
  /** The sender's number in what goes to this device of ours, SPEC §6; of notes, their own count. */
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
  readonly position: number;
  /** Of ours: when their disk had it, by our clock, ms. Left out: not known. */
  readonly deliveredAt?: number | undefined;
  /** What acts have made of it. Left out: nothing. */
  readonly folded?: Folded | undefined;
  /** Left out: it stays. */
  readonly fading?: Fading | undefined;
}

/** A message of a conversation that is known already. */
export type RefWithin = Pick<MessageRef, 'author' | 'id'>;
/** One of ours, and where it stands. */
export type PlacedOurs = Pick<MessageRecord, 'conversation' | 'id' | 'seq' | 'position'>;
export type NewMessage = Omit<MessageRecord, 'position'>;

export function isOurs({ author }: Pick<MessageRef, 'author'>): boolean {
  return author === OURSELVES;
}

export interface StoredPage {
  /** Oldest first. */
  readonly messages: MessageRecord[];
  /** Older ones exist. */
  readonly more: boolean;
}

/** Rows behind `after`, up to `until` and, if it is given, up to `position` in their conversation. */
export interface Span {
  readonly after: number;
  readonly until: number;
  readonly position?: number | undefined;
}

export type Picks = (message: MessageRecord) => boolean;

export interface StoredRun {
  readonly messages: MessageRecord[];
  /** The last row looked at; null: there are none any more. */
  readonly last: number | null;
  /** Rows left out because they are damaged. */
  readonly damaged: number;
}

export interface MessageTable {
  readonly scan: MessageScan;
  readonly fading: MessageFading;
  /** Puts it behind all others. @returns its position. */
  append(message: NewMessage): number;
  /** The position that `append` gives next. */
  nextPosition(conversation: ConversationId): number;
  /**
   * Puts one of theirs right behind the message with the next smaller number, those that `missing` says are missing
   * right before it left out. @returns its position.
   */
  insertLate(message: NewMessage): number;
  /** Puts it at the position it had in another database. */
  insert(message: MessageRecord): void;
  has(ref: MessageRef): boolean;
  /** The number of its row, which no other has while it is there; null: there is none. */
  rowOf(ref: MessageRef): number | null;
  /** The message of theirs that counts this number among those missing right before it; null: none does. */
  behindHole(conversation: ConversationId, seq: number): MessageRecord | null;
  setMissing(message: MessageRecord, missing: number): void;
  /**
   * Another state, content, times and acts in the row of this message; the rest of it stays. What was there before stands
   * in the log for a while yet.
   */
  rewrite(message: MessageRecord): void;
  /** As `rewrite`, and nothing of what was there is left on the disk. */
  overwrite(message: MessageRecord): void;
  /** @throws StorageError damaged. */
  get(ref: MessageRef): MessageRecord | null;
  /** Where it stands, whether or not it can be opened. */
  locate(ref: MessageRef): Pick<MessageRecord, 'seq' | 'position'> | null;
  /**
   * The newest `limit` that are not hidden, or those right before message `before`; fewer once their sealed sizes
   * together pass `maxBytes`, but at least one. Damaged ones are left out and reported. Empty when `before` is unknown.
   */
  page(conversation: ConversationId, before: RefWithin | null, limit: number, maxBytes: number): StoredPage;
  /** The number of the newest row of all conversations; 0: none. What is stored later has larger ones. */
  newestRow(): number;
  /**
   * The next rows of all conversations behind row `after`, up to row `until`, as they were stored; hidden ones are left
   * out, but for those that `alsoHidden` picks. At most `limit`, and fewer once their sealed sizes together pass
   * `maxBytes`. Damaged ones are reported.
   */
  run(after: number, until: number, limit: number, maxBytes: number, alsoHidden?: Picks): StoredRun;
  /**
   * Deletes what it says for good. Its id and number stay, so that it is known should it come again.
   * @param content what is kept in its place, as CBOR; left out: nothing. @returns false when there is none to be seen.
   */
  erase(ref: MessageRef, content?: Uint8Array): boolean;
  /**
   * Those of a conversation that are not hidden, oldest first, stored no later than row `until`; at most `limit`, and fewer
   * once their sealed sizes together pass `maxBytes`.
   */
  shown(conversation: ConversationId, until: number, limit: number, maxBytes: number): MessageRef[];
  /** One of ours is on their disk, at `at` by our clock. @returns false when there is none that still waits for that. */
  delivered(message: PlacedOurs, at: number): boolean;
  /** The last of theirs behind position `after` that a person has seen with all before it; null: there is none. */
  lastSeen(conversation: ConversationId, after: number): Pick<MessageRecord, 'author' | 'id' | 'position'> | null;
  /**
   * The last of the next unread rows of a span: at most `limit`, and fewer once their sealed sizes together pass `maxBytes`.
   * Null: there are none.
   */
  unreadUpTo(conversation: ConversationId, span: Span, limit: number, maxBytes: number): number | null;
  /**
   * Everything received is read, at `at` by our clock, up to row `until` and `position` as far as they are given.
   * @returns how many were not.
   */
  markRead(conversation: ConversationId, at: number, until?: number, position?: number): number;
  unread(conversation: ConversationId): number;
  /** Sealed sizes of what is unread. */
  unreadBytes(conversation: ConversationId): number;
  /** Sealed sizes of all that a contact has said to us and is not hidden. */
  heldBytes(contact: ContactId): number;
  /** The newest that is neither hidden nor damaged. */
  last(conversation: ConversationId): MessageRecord | null;
}

export const bodySchema = z.object({
  at: z.number(),
  receivedAt: z.number(),
  content: bytesSchema,
  missing: z.number(),
});

/** All of a message. */
export const messageSchema = bodySchema.extend({
  conversation: conversationIdSchema,
  author: authorSchema,
  id: messageIdSchema,
  seq: z.number(),
  state: z.enum(states),
  position: z.number(),
  deliveredAt: z.number().optional(),
  folded: foldedSchema.optional(),
});
