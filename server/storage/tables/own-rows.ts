// Rows that belong to a conversation here alone, one each: sealed to its id, and gone with the contact it is with.
import type { z } from 'zod';
import type { ConversationId } from '../../contract/ids.ts';
import type { Database } from '../database.ts';
import { StorageError } from '../errors.ts';
import { idBytes } from '../rows/ids.ts';
import type { Row } from '../rows/row.ts';
import type { Rowids } from '../rows/rowids.ts';
import { skipDamaged } from '../rows/skip-damaged.ts';
import { resealRows, type Resealable } from '../sealing/resealable.ts';
import type { Sealing, TableSeal } from '../sealing/sealing.ts';

type OwnTable = 'draft' | 'mark' | 'timer';

export class OwnRows<T extends object> implements Resealable {
  readonly #database: Database;
  readonly #sealing: Sealing;
  readonly #seal: TableSeal;
  readonly #rowids: Rowids;
  readonly #table: OwnTable;
  readonly #schema: z.ZodType<T>;

  constructor(
    { database, sealing, rowids }: { database: Database; sealing: Sealing; rowids: Rowids },
    table: OwnTable,
    schema: z.ZodType<T>,
  ) {
    this.#database = database;
    this.#sealing = sealing;
    this.#rowids = rowids;
    this.#table = table;
    this.#schema = schema;
    this.#seal = sealing.table(table);
    rowids.conversations.whenRemoved((number) => this.#delete(number));
  }

  /** By conversation; damaged ones are left out and reported. */
  list(): [ConversationId, T][] {
    return skipDamaged(this.#sealing, this.#table, this.#rows(), (row) => {
      const value = this.#open(row);
      return [this.#rowids.conversations.idOf(row.number('conversation')), value];
    });
  }

  /** Adds or replaces; nothing of what it was stays on the disk. Inside `within`. */
  put(conversation: ConversationId, value: T): void {
    const number = this.#rowids.conversations.of(conversation);
    const sql = `
      INSERT INTO ${this.#table} (conversation, body) VALUES (?, ?)
      ON CONFLICT (conversation) DO UPDATE SET body = excluded.body`;
    this.#database.change(sql, number, this.#seal.seal(idBytes(conversation), value));
    this.#database.scrub();
  }

  /** As `put`, for nothing at all. Inside `within`. */
  remove(conversation: ConversationId): void {
    this.#delete(this.#rowids.conversations.of(conversation));
  }

  reseal(): void {
    const lose = (row: Row): void => this.#delete(row.number('conversation'));
    resealRows(this.#sealing, this.#table, this.#rows(), lose, (row) => {
      const sealed = this.#seal.at(this.#keyOf(row)).reseal(row.bytes('body'));
      const number = row.number('conversation');
      this.#database.change(`UPDATE ${this.#table} SET body = ? WHERE conversation = ?`, sealed, number);
    });
  }

  /** None of a removed contact is among them: they go at once, long before the messages. */
  #rows(): Row[] {
    return this.#database.rows(`SELECT * FROM ${this.#table} ORDER BY conversation`);
  }

  #delete(number: number): void {
    const gone = this.#database.change(`DELETE FROM ${this.#table} WHERE conversation = ?`, number);
    if (gone > 0) this.#database.scrub();
  }

  #open(row: Row): T {
    return this.#seal.open(this.#keyOf(row), row.bytes('body'), this.#schema);
  }

  /** @throws StorageError damaged for one of no conversation, which no Loom writes. */
  #keyOf(row: Row): Uint8Array {
    const id = this.#rowids.conversations.idOf(row.number('conversation'));
    if (!id) throw new StorageError('damaged', 'a row of no conversation');
    return idBytes(id);
  }
}
