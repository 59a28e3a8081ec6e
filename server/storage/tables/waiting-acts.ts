// Acts whose target is not here: a hole, or a device that learns the past later. They wait for it, bounded by whoever puts
// them here. In clear: conversation, and which message is waited for; the act is sealed.
import { z } from 'zod';
import { conversationIdSchema, messageIdSchema, type ConversationId } from '../../contract/ids.ts';
import { authorSchema, OURSELVES } from '../../contract/messages.ts';
import { concat, utf8 } from '../../crypto/bytes.ts';
import type { Database } from '../database.ts';
import { idBytes } from '../rows/ids.ts';
import { byConversation, RowCounter } from '../rows/row-counter.ts';
import type { Row } from '../rows/row.ts';
import type { Rowids } from '../rows/rowids.ts';
import { skipDamaged } from '../rows/skip-damaged.ts';
import { resealRows, type Resealable } from '../sealing/resealable.ts';
import { bytesSchema, type Sealing, type TableSeal } from '../sealing/sealing.ts';
import type { MessageRef } from './message/message-record.ts';
import { MessageRows } from './message/message-rows.ts';

const bodySchema = z.object({
  /** Who said it, and as which message. */
  by: authorSchema,
  act: messageIdSchema,
  seq: z.number(),
  at: z.number(),
  /** Our clock, ms. */
  receivedAt: z.number(),
  /** CBOR as sent. Empty: the reply `act` quotes what is waited for. */
  content: bytesSchema,
});

export const waitingActSchema = bodySchema.extend({
  target: z.object({ conversation: conversationIdSchema, author: authorSchema, id: messageIdSchema }),
});
export type WaitingAct = Readonly<z.infer<typeof waitingActSchema>>;

export interface WaitingActTable {
  add(act: WaitingAct): void;
  /** Takes those out that wait for this one, in the order they came. */
  take(target: MessageRef): WaitingAct[];
  /** How many wait in a conversation. */
  count(conversation: ConversationId): number;
  /** How many bytes those take, sealed. */
  bytes(conversation: ConversationId): number;
  /** Takes the one out that has waited longest in a conversation; null: none waits. */
  takeOldest(conversation: ConversationId): WaitingAct | null;
  /** Up to `limit` behind row `after`, in the order they came, with the row of each. */
  run(after: number, limit: number): { readonly row: number; readonly act: WaitingAct }[];
  remove(row: number): void;
  list(): WaitingAct[];
}

const BY_TARGET = 'conversation = ? AND author = ? AND id = ?';

export class SealedWaitingActs implements WaitingActTable, Resealable {
  readonly #database: Database;
  readonly #sealing: Sealing;
  readonly #seal: TableSeal;
  readonly #rows: MessageRows;
  readonly #rowids: Rowids;
  readonly #counted: RowCounter;
  readonly #weighed: RowCounter;

  constructor(database: Database, sealing: Sealing, rowids: Rowids) {
    this.#database = database;
    this.#sealing = sealing;
    this.#seal = sealing.table('waiting_act');
    this.#rows = new MessageRows(sealing, rowids);
    this.#rowids = rowids;
    const by = byConversation(rowids.conversations);
    this.#counted = new RowCounter(database, { table: 'waiting_act', where: '1' }, by);
    this.#weighed = new RowCounter(database, { table: 'waiting_act', where: '1', what: 'length(body)' }, by);
    rowids.conversations.whenRemoved((number) => {
      database.change('DELETE FROM waiting_act WHERE conversation = ?', number);
    });
  }

  add({ target, ...body }: WaitingAct): void {
    const key = this.#rows.keyOf(target);
    const sealed = this.#seal.seal(sealKey(target), body);
    const sql = 'INSERT INTO waiting_act (conversation, author, id, body) VALUES (?, ?, ?, ?)';
    this.#database.change(sql, ...key, sealed);
    this.#note(key[0], 1, sealed.length);
  }

  take(target: MessageRef): WaitingAct[] {
    if (this.count(target.conversation) === 0) return [];
    const sql = `SELECT * FROM waiting_act WHERE ${BY_TARGET} ORDER BY number`;
    return this.#take(this.#database.rows(sql, ...this.#rows.keyOf(target)));
  }

  count(conversation: ConversationId): number {
    return this.#counted.of(this.#rowids.conversations.of(conversation));
  }

  bytes(conversation: ConversationId): number {
    return this.#weighed.of(this.#rowids.conversations.of(conversation));
  }

  takeOldest(conversation: ConversationId): WaitingAct | null {
    const sql = 'SELECT * FROM waiting_act WHERE conversation = ? ORDER BY number LIMIT 1';
    const rows = this.#database.rows(sql, this.#rowids.conversations.of(conversation));
    return this.#take(rows)[0] ?? null;
  }

  run(after: number, limit: number): { row: number; act: WaitingAct }[] {
    const rows = this.#database.rows(
      'SELECT * FROM waiting_act WHERE number > ? ORDER BY number LIMIT ?',
      after,
      limit,
    );
    return skipDamaged(this.#sealing, 'waiting_act', rows, (row) => ({
      row: row.number('number'),
      act: this.#open(row),
    }));
  }

  remove(row: number): void {
    this.#take(this.#database.rows('SELECT * FROM waiting_act WHERE number = ?', row));
  }

  list(): WaitingAct[] {
    const rows = this.#database.rows('SELECT * FROM waiting_act ORDER BY number');
    return skipDamaged(this.#sealing, 'waiting_act', rows, (row) => this.#open(row));
  }

  reseal(): void {
    const rows = this.#database.rows('SELECT * FROM waiting_act');
    const lose = (row: Row): void => this.#remove(row);
    resealRows(this.#sealing, 'waiting_act', rows, lose, (row) => {
      const { target, ...body } = this.#open(row);
      const sealed = this.#seal.seal(sealKey(target), body);
      this.#database.change('UPDATE waiting_act SET body = ? WHERE number = ?', sealed, row.number('number'));
    });
  }

  /** What is damaged goes as well. */
  #take(rows: readonly Row[]): WaitingAct[] {
    for (const row of rows) this.#remove(row);
    if (rows.length > 0) this.#database.scrub();
    return skipDamaged(this.#sealing, 'waiting_act', rows, (row) => this.#open(row));
  }

  #remove(row: Row): void {
    this.#database.change('DELETE FROM waiting_act WHERE number = ?', row.number('number'));
    this.#note(row.number('conversation'), -1, -row.bytes('body').length);
  }

  #note(conversation: number, count: number, bytes: number): void {
    this.#counted.add(conversation, count);
    this.#weighed.add(conversation, bytes);
  }

  #open(row: Row): WaitingAct {
    const target = this.#rows.refOf(row);
    return { target, ...this.#seal.open(sealKey(target), row.bytes('body'), bodySchema) };
  }
}

/** conversation(16) ‖ id(16) ‖ author: nothing for ourselves, else their id(16). What names nobody opens for nobody. */
function sealKey({ conversation, author, id }: MessageRef): Uint8Array {
  const [where, who] = [conversation as string, author as string];
  if (where === '' || who === '') return utf8('none');
  return concat(idBytes(where), idBytes(id), who === OURSELVES ? new Uint8Array(0) : idBytes(who));
}
