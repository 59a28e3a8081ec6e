// Messages by the number of their row, newest first: how the search index comes to know them, and opens what it found.
import { skipDamaged } from '../../rows/skip-damaged.ts';
import { countWithin } from '../../rows/pieces.ts';
import type { Row } from '../../rows/row.ts';
import type { Database } from '../../database.ts';
import type { Sealing } from '../../sealing/sealing.ts';
import type { MessageRecord } from './message-record.ts';

export interface ScannedMessage {
  readonly row: number;
  readonly message: MessageRecord;
}

export interface ScannedRun {
  /** Newest first; without those that are hidden or damaged. */
  readonly messages: readonly ScannedMessage[];
  /** The last row looked at; null: there are none any more. */
  readonly last: number | null;
}

export interface MessageScan {
  /**
   * The next rows of all conversations before row `before`. At most `limit`, and fewer once their sealed sizes together
   * pass `maxBytes`. Damaged ones are reported.
   */
  before(before: number, limit: number, maxBytes: number): ScannedRun;
  /** Null when there is none to be seen. */
  at(row: number): MessageRecord | null;
}

const BEFORE = 'FROM message WHERE number < ? ORDER BY number DESC LIMIT ?';

export class SealedMessageScan implements MessageScan {
  readonly #database: Database;
  readonly #sealing: Sealing;
  readonly #open: (row: Row) => MessageRecord;

  constructor(database: Database, sealing: Sealing, open: (row: Row) => MessageRecord) {
    this.#database = database;
    this.#sealing = sealing;
    this.#open = open;
  }

  before(before: number, limit: number, maxBytes: number): ScannedRun {
    const sizes = this.#database.rows(`SELECT number, length(body) AS size ${BEFORE}`, before, limit);
    const count = countWithin(sizes, maxBytes);
    const last = sizes[count - 1]?.number('number') ?? null;
    const rows = this.#database.rows(`SELECT * ${BEFORE}`, before, count);
    return { messages: this.#shown(rows), last };
  }

  at(row: number): MessageRecord | null {
    const rows = this.#database.rows('SELECT * FROM message WHERE number = ?', row);
    return this.#shown(rows)[0]?.message ?? null;
  }

  #shown(rows: readonly Row[]): ScannedMessage[] {
    const open = (row: Row): ScannedMessage => ({ row: row.number('number'), message: this.#open(row) });
    const opened = skipDamaged(this.#sealing, 'message', rows, open);
    return opened.filter(({ message }) => message.state !== 'hidden');
  }
}
