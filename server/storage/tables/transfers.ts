// Files under way and files that are here: where each stands, and the hashes of its blocks. In clear: which message it came
// in, whether it may still move, and how much disk its sealed copy takes.
import { z } from 'zod';
import { contactIdSchema, type ConversationId } from '../../contract/ids.ts';
import { concat, u32 } from '../../crypto/bytes.ts';
import type { Database } from '../database.ts';
import { partPlaceSchema } from '../files/part-file.ts';
import { sealedPlaceSchema } from '../files/sealed-file.ts';
import { idBytes } from '../rows/ids.ts';
import type { Row } from '../rows/row.ts';
import type { Rowids } from '../rows/rowids.ts';
import { skipDamaged } from '../rows/skip-damaged.ts';
import { resealRows, type Resealable } from '../sealing/resealable.ts';
import { bytesSchema, type Sealing, type TableSeal } from '../sealing/sealing.ts';
import type { MessageRef } from './message/message-record.ts';
import { MessageRows } from './message/message-rows.ts';

/** Hashes of this many blocks stand in one row: 8 KiB, written anew as they come. */
export const HASHES_PER_PAGE = 256;

/** Where the bytes of a file are, or come to be. */
const placeSchema = z.discriminatedUnion('kind', [
  /** Nowhere yet. */
  z.object({ kind: z.literal('none') }),
  /** Ours, read where it lies; what it was when it was offered, as `stat` says it. */
  z.object({ kind: z.literal('path'), path: z.string(), stamp: z.string() }),
  sealedPlaceSchema.extend({ kind: z.literal('sealed') }),
  /** Theirs, on its way into a folder of the person's. */
  partPlaceSchema.extend({ kind: z.literal('part') }),
  /** Theirs, whole, and the person's to do with as they like. */
  partPlaceSchema.pick({ part: true }).extend({ kind: z.literal('saved'), path: z.string() }),
]);
export type TransferPlace = Readonly<z.infer<typeof placeSchema>>;

const states = ['offered', 'accepted', 'paused', 'done', 'declined', 'cancelled', 'failed'] as const;

const reasons = ['changed', 'gone', 'cannot-write', 'damaged', 'by-them'] as const;

const bodySchema = z.object({
  contact: contactIdSchema,
  size: z.number(),
  name: z.string(),
  type: z.string(),
  state: z.enum(states),
  /** Why it failed, and `by-them` of ours that they cancelled; else null. */
  reason: z.enum(reasons).nullable(),
  /** Of theirs: durable here; of ours: durable there. */
  position: z.number(),
  /** Our clock, ms. */
  at: z.number(),
  /** Accepted by no person. */
  auto: z.boolean(),
  place: placeSchema,
  /** Where it is to lie here: sealed in Loom, or as it is among the person's downloads. */
  into: z.enum(['loom', 'downloads']).default('loom'),
});

export interface Transfer extends Readonly<z.infer<typeof bodySchema>> {
  readonly message: MessageRef;
}

/** It may still move. */
export function isLive({ state }: Pick<Transfer, 'state'>): boolean {
  return state === 'offered' || state === 'accepted' || state === 'paused';
}

export interface TransferPage {
  readonly transfers: readonly Transfer[];
  /** The number of the last, to go on behind it; null: there are no more. */
  readonly last: number | null;
}

export interface TransferTable {
  /** In place of the one of this message, if there is one. Inside a `journal.write`, as all that changes something. */
  put(transfer: Transfer): void;
  /** Damaged ones are left out and reported, everywhere. */
  get(message: MessageRef): Transfer | null;
  /** Those that may still move. */
  live(): Transfer[];
  /** At most `limit` behind the one with the number `after`; 0: from the first. */
  page(after: number, limit: number): TransferPage;
  of(conversation: ConversationId): Transfer[];
  /** The last `limit` of a conversation, or of all, in their order. */
  latest(conversation: ConversationId | undefined, limit: number): Transfer[];
  /** With its hashes; what they said is overwritten. */
  remove(message: MessageRef): void;
  /** Disk that sealed copies take, bytes, as far as they are written or room is kept for them. */
  heldBytes(): number;
  /** Hashes of a page's blocks, one behind the other; empty: none. */
  hashes(message: MessageRef, page: number): Uint8Array;
  putHashes(message: MessageRef, page: number, hashes: Uint8Array): void;
}

const BY_MESSAGE = 'conversation = ? AND author = ? AND id = ?';

export class SealedTransfers implements TransferTable, Resealable {
  readonly #database: Database;
  readonly #sealing: Sealing;
  readonly #seal: TableSeal;
  readonly #hashSeal: TableSeal;
  readonly #rows: MessageRows;

  constructor(database: Database, sealing: Sealing, rowids: Rowids) {
    this.#database = database;
    this.#sealing = sealing;
    this.#seal = sealing.table('transfer');
    this.#hashSeal = sealing.table('transfer_hash');
    this.#rows = new MessageRows(sealing, rowids);
  }

  put({ message, ...body }: Transfer): void {
    const live = Number(isLive(body));
    const held = body.place.kind === 'sealed' ? body.size : 0;
    const sql = `INSERT INTO transfer (conversation, author, id, live, held, body) VALUES (?, ?, ?, ?, ?, ?)
      ON CONFLICT (conversation, author, id) DO UPDATE SET live = excluded.live, held = excluded.held, body = excluded.body`;
    const sealed = this.#seal.seal(sealKey(message), body);
    this.#database.change(sql, ...this.#rows.keyOf(message), live, held, sealed);
  }

  get(message: MessageRef): Transfer | null {
    const sql = `SELECT * FROM transfer WHERE ${BY_MESSAGE}`;
    return this.#openAll(this.#database.rows(sql, ...this.#rows.keyOf(message)))[0] ?? null;
  }

  live(): Transfer[] {
    return this.#openAll(this.#database.rows('SELECT * FROM transfer WHERE live = 1 ORDER BY number'));
  }

  page(after: number, limit: number): TransferPage {
    const sql = 'SELECT * FROM transfer WHERE number > ? ORDER BY number LIMIT ?';
    const rows = this.#database.rows(sql, after, limit);
    return { transfers: this.#openAll(rows), last: rows.at(-1)?.number('number') ?? null };
  }

  of(conversation: ConversationId): Transfer[] {
    const sql = 'SELECT * FROM transfer WHERE conversation = ? ORDER BY number';
    return this.#openAll(this.#database.rows(sql, this.#rows.of(conversation)));
  }

  latest(conversation: ConversationId | undefined, limit: number): Transfer[] {
    const order = 'ORDER BY number DESC LIMIT ?';
    const rows =
      conversation === undefined
        ? this.#database.rows(`SELECT * FROM transfer ${order}`, limit)
        : this.#database.rows(
            `SELECT * FROM transfer WHERE conversation = ? ${order}`,
            this.#rows.of(conversation),
            limit,
          );
    return this.#openAll(rows).toReversed();
  }

  remove(message: MessageRef): void {
    this.#database.change(`DELETE FROM transfer WHERE ${BY_MESSAGE}`, ...this.#rows.keyOf(message));
    this.#database.scrub();
  }

  heldBytes(): number {
    return this.#database.row('SELECT coalesce(sum(held), 0) AS held FROM transfer')?.number('held') ?? 0;
  }

  hashes(message: MessageRef, page: number): Uint8Array {
    const number = this.#numberOf(message);
    const row = this.#database.row('SELECT * FROM transfer_hash WHERE transfer = ? AND page = ?', number, page);
    const opened = row
      ? skipDamaged(this.#sealing, 'transfer_hash', [row], (each) => this.#openPage(message, each))
      : [];
    return opened[0] ?? new Uint8Array(0);
  }

  putHashes(message: MessageRef, page: number, hashes: Uint8Array): void {
    const sql = `INSERT INTO transfer_hash (transfer, page, body) VALUES (?, ?, ?)
      ON CONFLICT (transfer, page) DO UPDATE SET body = excluded.body`;
    const sealed = this.#hashSeal.seal(pageKey(message, page), { hashes });
    this.#database.change(sql, this.#numberOf(message), page, sealed);
  }

  reseal(): void {
    const lose = (row: Row): void => {
      this.#database.change('DELETE FROM transfer WHERE number = ?', row.number('number'));
    };
    resealRows(this.#sealing, 'transfer', this.#database.rows('SELECT * FROM transfer'), lose, (row) => {
      const transfer = this.#open(row);
      this.put(transfer);
      this.#resealHashes(transfer.message, row.number('number'));
    });
  }

  #resealHashes(message: MessageRef, number: number): void {
    const rows = this.#database.rows('SELECT * FROM transfer_hash WHERE transfer = ?', number);
    const lose = (row: Row): void => {
      this.#database.change('DELETE FROM transfer_hash WHERE transfer = ? AND page = ?', number, row.number('page'));
    };
    resealRows(this.#sealing, 'transfer_hash', rows, lose, (row) => {
      this.putHashes(message, row.number('page'), this.#openPage(message, row));
    });
  }

  #numberOf(message: MessageRef): number {
    const sql = `SELECT number FROM transfer WHERE ${BY_MESSAGE}`;
    return this.#database.row(sql, ...this.#rows.keyOf(message))?.number('number') ?? 0;
  }

  #openPage(message: MessageRef, row: Row): Uint8Array {
    const key = pageKey(message, row.number('page'));
    return this.#hashSeal.open(key, row.bytes('body'), z.object({ hashes: bytesSchema })).hashes;
  }

  #openAll(rows: readonly Row[]): Transfer[] {
    return skipDamaged(this.#sealing, 'transfer', rows, (row) => this.#open(row));
  }

  #open(row: Row): Transfer {
    const message = this.#rows.refOf(row);
    return { message, ...this.#seal.open(sealKey(message), row.bytes('body'), bodySchema) };
  }
}

/** conversation(16) ‖ id(16) ‖ author: nothing for ourselves, else their id(16). */
function sealKey({ conversation, author, id }: MessageRef): Uint8Array {
  const who = author === 'me' ? new Uint8Array(0) : idBytes(author);
  return concat(idBytes(conversation), idBytes(id), who);
}

function pageKey(message: MessageRef, page: number): Uint8Array {
  return concat(sealKey(message), u32(page));
}
