// Messages that disappear. In clear stands which they are; how long they are there, and until when, is sealed with them.
import { rowsWithin } from '../../rows/pieces.ts';
import { skipDamaged } from '../../rows/skip-damaged.ts';
import type { Row } from '../../rows/row.ts';
import type { Database } from '../../database.ts';
import type { Sealing } from '../../sealing/sealing.ts';
import type { ScannedMessage } from './message-scan.ts';
import type { Due, MessageRecord } from './message-record.ts';

export interface FadingMessage extends ScannedMessage {
  /** Its sealed size, bytes. */
  readonly size: number;
}

export interface FadingRun {
  readonly messages: readonly FadingMessage[];
  /** The last row looked at; null: there are none behind it. */
  readonly last: number | null;
}

export interface MessageFading {
  /** The next of all conversations behind row `after`, those of one turn. Damaged ones are left out and reported. */
  run(after: number): FadingRun;
  /** `listener` learns of each whose time begins, or begins anew, inside the work that says so. */
  whenBegun(listener: (due: Due) => void): void;
}

const BEHIND = 'FROM message WHERE fades = 1 AND number > ? ORDER BY number LIMIT ?';
const SIZES = `SELECT length(body) AS size ${BEHIND}`;

export class SealedMessageFading implements MessageFading {
  readonly #database: Database;
  readonly #sealing: Sealing;
  readonly #open: (row: Row) => MessageRecord;
  #listener: (due: Due) => void = () => undefined;

  constructor(database: Database, sealing: Sealing, open: (row: Row) => MessageRecord) {
    this.#database = database;
    this.#sealing = sealing;
    this.#open = open;
  }

  run(after: number): FadingRun {
    const { rows, more } = rowsWithin(this.#database, SIZES, BEHIND, [after]);
    const open = (row: Row): FadingMessage => ({
      ...{ row: row.number('number'), size: row.bytes('body').length, message: this.#open(row) },
    });
    const last = more ? rows.at(-1)?.number('number') : null;
    return { messages: skipDamaged(this.#sealing, 'message', rows, open), last: last ?? null };
  }

  whenBegun(listener: (due: Due) => void): void {
    this.#listener = listener;
  }

  /** A row was written, and takes `size` bytes now. */
  written(row: number, { fading }: Pick<MessageRecord, 'fading'>, size: number): void {
    if (fading && fading.until !== null) this.#listener({ row, until: fading.until, size });
  }
}

/** As the column says it. */
export function fades({ fading }: Pick<MessageRecord, 'fading'>): 0 | 1 {
  return fading === undefined ? 0 : 1;
}

/** Its time begins at `at`, ms, unless it has begun. */
export function begun<M extends Pick<MessageRecord, 'fading'>>(message: M, at: number): M {
  const { fading } = message;
  if (fading?.until !== null) return message;
  return { ...message, fading: { ...fading, until: at + fading.life } };
}
