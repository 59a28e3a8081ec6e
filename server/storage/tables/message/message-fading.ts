// Messages that disappear. In clear stands which they are; how long they are there, and until when, is sealed with them.
import { skipDamaged } from '../../rows/skip-damaged.ts';
import type { Row } from '../../rows/row.ts';
import type { Database } from '../../database.ts';
import type { Sealing } from '../../sealing/sealing.ts';
import type { ScannedMessage } from './message-scan.ts';
import type { Due, MessageRecord } from './message-record.ts';

export interface FadingRun {
  readonly messages: readonly ScannedMessage[];
  /** The last row looked at; null: there are none any more. */
  readonly last: number | null;
}

export interface MessageFading {
  /** The next `limit` of all conversations behind row `after`. Damaged ones are left out and reported. */
  run(after: number, limit: number): FadingRun;
  /** `listener` learns of each whose time begins, or begins anew, inside the work that says so. */
  whenBegun(listener: (due: Due) => void): void;
}

const BEHIND = 'SELECT * FROM message WHERE fades = 1 AND number > ? ORDER BY number LIMIT ?';

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

  run(after: number, limit: number): FadingRun {
    const rows = this.#database.rows(BEHIND, after, limit);
    const open = (row: Row): ScannedMessage => ({ row: row.number('number'), message: this.#open(row) });
    return {
      messages: skipDamaged(this.#sealing, 'message', rows, open),
      last: rows.at(-1)?.number('number') ?? null,
    };
  }

  whenBegun(listener: (due: Due) => void): void {
    this.#listener = listener;
  }

  /** A row was written. */
  written(row: number, { fading }: Pick<MessageRecord, 'fading'>): void {
    if (fading && fading.until !== null) this.#listener({ row, until: fading.until });
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
