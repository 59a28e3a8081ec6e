// What is not on their disk yet, in the order it goes. In clear: ids, numbers and order; the envelope and the session it
// is encrypted in are sealed.
import type { ContactId, MessageId } from '../../contract/ids.ts';
import { concat, toHex } from '../../crypto/bytes.ts';
import type { ContactRowids } from './contact-rowids.ts';
import { skipDamaged } from './skip-damaged.ts';
import type { Database } from '../database.ts';
import type { Row } from './row.ts';
import { StorageError } from '../errors.ts';
import { idBytes, idOf } from './ids.ts';
import { rowsWithin } from './pieces.ts';
import type { Position, ResealedInPieces, ResealedPiece } from '../sealing/resealer.ts';
import { float64, type SealedRow, type Sealing, type TableSeal } from '../sealing/sealing.ts';
import { RowCounter } from './row-counter.ts';

/** What stands in clear, and never changes. */
export interface OutboxFacts {
  readonly contact: ContactId;
  /** The message's id, its number, and its place in the conversation. */
  readonly id: MessageId;
  readonly seq: number;
  readonly order: number;
  /** Not for people: it is sent like the others, but not counted. */
  readonly hidden: boolean;
}

export interface OutboxRow extends OutboxFacts {
  /** Hex id of the session that the envelope is encrypted in. */
  readonly session: string | null;
  /** Null: to be encrypted when there is a session. */
  readonly envelope: Uint8Array | null;
}

/** Each row is known by its contact and the place of its message. */
export interface OutboxTable {
  /** Adds one that is not there yet. */
  add(row: OutboxRow): void;
  /** Another in its place. @returns false when it is no longer there. */
  replace(row: OutboxRow): boolean;
  /** In order, those behind `afterOrder`. A damaged envelope is reported and comes back as one still to be encrypted. */
  pending(contact: ContactId, afterOrder: number, limit: number): OutboxRow[];
  get(contact: ContactId, order: number): OutboxRow | null;
  /** @returns false when it was not there. */
  remove(row: Pick<OutboxFacts, 'contact' | 'order' | 'hidden'>): boolean;
  /** Those that are not hidden. */
  count(contact: ContactId): number;
  /** Those that are. */
  hidden(contact: ContactId): number;
  /** Those of all contacts that are not hidden. */
  total(): number;
}

/** What is sealed is session id(16) ‖ envelope. */
const SESSION_BYTES = 16;

const ADD = 'INSERT INTO outbox (contact, place, id, seq, hidden, body) VALUES (?, ?, ?, ?, ?, ?)';
const REPLACE = 'UPDATE outbox SET hidden = ?, body = ? WHERE contact = ? AND place = ?';
const REMOVE = 'DELETE FROM outbox WHERE contact = ? AND place = ? AND hidden = ?';

const RESEAL = 'UPDATE outbox SET body = ? WHERE contact = ? AND place = ?';
/** Before all of them. */
const START: Position = [-Infinity, -Infinity];
const BEHIND = 'FROM outbox WHERE (contact, place) > (?, ?) ORDER BY contact, place LIMIT ?';
const SIZES = `SELECT ifnull(length(body), 0) AS size ${BEHIND}`;

export class SealedOutbox implements OutboxTable, ResealedInPieces {
  readonly #database: Database;
  readonly #sealing: Sealing;
  readonly #seal: TableSeal;
  readonly #numbers: ContactRowids;
  readonly #counted: RowCounter;
  readonly #hidden: RowCounter;

  constructor(database: Database, sealing: Sealing, numbers: ContactRowids) {
    this.#database = database;
    this.#sealing = sealing;
    this.#seal = sealing.table('outbox');
    this.#numbers = numbers;
    this.#counted = new RowCounter(database, numbers, 'outbox', 'hidden = 0');
    this.#hidden = new RowCounter(database, numbers, 'outbox', 'hidden = 1');
  }

  add(row: OutboxRow): void {
    const { contact, id, seq, order, hidden } = row;
    const number = this.#numbers.of(contact);
    this.#database.change(ADD, number, order, idBytes(id), seq, Number(hidden), this.#bodyOf(row));
    (hidden ? this.#hidden : this.#counted).add(number, 1);
  }

  replace(row: OutboxRow): boolean {
    const { contact, order, hidden } = row;
    const before = this.#row(contact, order);
    if (!before) return false;
    const number = this.#numbers.of(contact);
    this.#database.change(REPLACE, Number(hidden), this.#bodyOf(row), number, order);
    const shown = before.number('hidden') - Number(hidden);
    this.#counted.add(number, shown);
    this.#hidden.add(number, -shown);
    return true;
  }

  pending(contact: ContactId, afterOrder: number, limit: number): OutboxRow[] {
    const sql = 'SELECT * FROM outbox WHERE contact = ? AND place > ? ORDER BY place LIMIT ?';
    const rows = this.#database.rows(sql, this.#numbers.of(contact), afterOrder, limit);
    return skipDamaged(this.#sealing, 'outbox', rows, (row) => this.#open(contact, row));
  }

  get(contact: ContactId, order: number): OutboxRow | null {
    const row = this.#row(contact, order);
    return row && this.#open(contact, row);
  }

  remove({ contact, order, hidden }: Pick<OutboxFacts, 'contact' | 'order' | 'hidden'>): boolean {
    const number = this.#numbers.of(contact);
    const removed = this.#database.change(REMOVE, number, order, Number(hidden)) > 0;
    if (removed) (hidden ? this.#hidden : this.#counted).add(number, -1);
    return removed;
  }

  count(contact: ContactId): number {
    return this.#counted.of(this.#numbers.of(contact));
  }

  hidden(contact: ContactId): number {
    return this.#hidden.of(this.#numbers.of(contact));
  }

  total(): number {
    return this.#counted.total();
  }

  piece(after: Position | null): ResealedPiece {
    const { rows, more } = rowsWithin(this.#database, SIZES, BEHIND, after ?? START);
    const old = rows.filter(
      (row) => row.bytesOrNull('body')?.length && !this.#placeOf(row).isCurrent(row.bytes('body')),
    );
    for (const row of old) this.#reseal(row);
    const last = rows.at(-1);
    if (!more || !last) return { last: null, share: 1, resealed: old.length };
    const position = [last.number('contact'), last.number('place')] as const;
    return { last: position, share: this.#share(position), resealed: old.length };
  }

  #share([contact, place]: readonly [number, number]): number {
    const sql = 'SELECT count(*) AS all_rows, total((contact, place) <= (?, ?)) AS done FROM outbox';
    const row = this.#database.row(sql, contact, place);
    return row ? row.number('done') / Math.max(1, row.number('all_rows')) : 1;
  }

  /** What does not open is encrypted anew. */
  #reseal(row: Row): void {
    const [sealed] = skipDamaged(this.#sealing, 'outbox', [row], () => this.#placeOf(row).reseal(row.bytes('body')));
    this.#database.change(RESEAL, sealed ?? null, row.number('contact'), row.number('place'));
  }

  #placeOf(row: Row): SealedRow {
    return this.#seal.at(rowKey({ contact: this.#numbers.idOf(row.number('contact')), ...factsOf(row) }));
  }

  #row(contact: ContactId, order: number): Row | null {
    return this.#database.row('SELECT * FROM outbox WHERE contact = ? AND place = ?', this.#numbers.of(contact), order);
  }

  #bodyOf({ session, envelope, ...facts }: OutboxRow): Uint8Array | null {
    if (session === null || !envelope) return null;
    return this.#seal.at(rowKey(facts)).seal(concat(idBytes(session), envelope));
  }

  #open(contact: ContactId, row: Row): OutboxRow {
    const facts = { contact, ...factsOf(row) };
    const body = row.bytesOrNull('body');
    if (!body) return { ...facts, session: null, envelope: null };
    try {
      const opened = this.#seal.at(rowKey(facts)).open(body);
      const session = toHex(opened.subarray(0, SESSION_BYTES));
      return { ...facts, session, envelope: opened.slice(SESSION_BYTES) };
    } catch (error) {
      if (!(error instanceof StorageError)) throw error;
      this.#sealing.onDamaged({ table: 'outbox', key: facts.id });
      return { ...facts, session: null, envelope: null };
    }
  }
}

function factsOf(row: Row): Omit<OutboxFacts, 'contact'> {
  return {
    id: idOf(row, 'id') as MessageId,
    seq: row.number('seq'),
    order: row.number('place'),
    hidden: row.number('hidden') !== 0,
  };
}

function rowKey({ contact, id, seq, order, hidden }: OutboxFacts): Uint8Array {
  return concat(idBytes(contact), idBytes(id), float64(seq), float64(order), Uint8Array.of(Number(hidden)));
}
