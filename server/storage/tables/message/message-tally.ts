// What messages add up to: how many of a conversation are unread, and their bytes; what a contact's fill of our disk.
import { OURS } from '../../rows/author-rowids.ts';
import type { Database } from '../../database.ts';
import { HeldBytes } from '../held-bytes.ts';
import { STATE } from './message-record.ts';
import { byConversation, RowCounter } from '../../rows/row-counter.ts';
import type { Rowids } from '../../rows/rowids.ts';

export const UNREAD = `state = ${STATE.received}`;

/** A row as it stands: conversation and author as rows name them, the state's code, and its sealed size. */
interface Counted {
  readonly conversation: number;
  readonly author: number;
  readonly state: number;
  readonly size: number;
}

export class MessageTally {
  readonly #rowids: Rowids;
  readonly #unread: RowCounter;
  readonly #unreadBytes: RowCounter;
  readonly #held: HeldBytes;

  constructor(database: Database, rowids: Rowids) {
    this.#rowids = rowids;
    const unread = { table: 'message', where: UNREAD };
    const by = byConversation(rowids.conversations);
    this.#unread = new RowCounter(database, unread, by);
    this.#unreadBytes = new RowCounter(database, { ...unread, what: 'length(body)' }, by);
    this.#held = new HeldBytes(database, rowids.contacts);
  }

  unread(conversation: number): number {
    return this.#unread.of(conversation);
  }

  unreadBytes(conversation: number): number {
    return this.#unreadBytes.of(conversation);
  }

  /** Of all that a contact has said to us and is not hidden. */
  heldBytes(contact: number): number {
    return this.#held.of(contact);
  }

  came({ conversation, author, state, size }: Counted): void {
    if (state === STATE.received) this.#count(conversation, 1, size);
    if (state !== STATE.hidden) this.#hold(conversation, author, size);
  }

  /** One is gone, or is something else from now on. @param row as it was. */
  gone({ conversation, author, state, size }: Counted): void {
    if (state === STATE.received) this.#count(conversation, -1, -size);
    if (state !== STATE.hidden) this.#hold(conversation, author, -size);
  }

  /** @param sizes of those that were unread. */
  read(conversation: number, sizes: readonly number[]): void {
    this.#count(conversation, -sizes.length, -sizes.reduce((sum, size) => sum + size, 0));
  }

  #count(conversation: number, count: number, bytes: number): void {
    this.#unread.add(conversation, count);
    this.#unreadBytes.add(conversation, bytes);
  }

  /** What a contact says to us alone fills their share. */
  #hold(conversation: number, author: number, bytes: number): void {
    const contact = this.#rowids.conversations.contactNumberOf(conversation);
    if (author !== OURS && contact !== 0) this.#held.add(contact, bytes);
  }
}
