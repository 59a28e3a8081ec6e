// What is not on their disk yet. In clear: ids and order; the envelope and the session it is encrypted in are sealed.
import { z } from 'zod';
import { concat, toHex } from '../crypto/bytes.ts';
import { collect } from './damage.ts';
import type { Database } from './database.ts';
import type { Row } from './row.ts';
import { StorageError } from './errors.ts';
import { idBytes, idOf } from './ids.ts';
import { bytesSchema, float64, type Sealing, type TableSeal } from './sealing.ts';

export interface OutboxRow {
  readonly contact: string;
  /** The message's id. */
  readonly id: string;
  readonly order: number;
  /** Not for people: it is sent like the others, but not counted. */
  readonly hidden: boolean;
  /** Hex id of the session that the envelope is encrypted in. */
  readonly session: string | null;
  /** Null: to be encrypted when there is a session. */
  readonly envelope: Uint8Array | null;
}

export interface OutboxTable {
  /** Adds or replaces. */
  put(row: OutboxRow): void;
  /** Another encryption of the same message; nothing when it is no longer there. */
  replace(contact: string, id: string, session: string, envelope: Uint8Array): void;
  /** In order, those behind `afterOrder`. A damaged envelope is reported and comes back as one still to be encrypted. */
  pending(contact: string, afterOrder: number, limit: number): OutboxRow[];
  get(contact: string, id: string): OutboxRow | null;
  /** @returns false when it was not there. */
  remove(contact: string, id: string): boolean;
  /** Those that are not hidden. */
  count(contact: string): number;
  /** The same over all contacts. */
  total(): number;
}

const bodySchema = z.object({ session: bytesSchema, envelope: bytesSchema });

const PUT = `
  INSERT INTO outbox (contact, id, place, hidden, body) VALUES (?, ?, ?, ?, ?)
  ON CONFLICT (contact, id) DO UPDATE SET place = excluded.place, body = excluded.body`;
const BY_ID = 'contact = ? AND id = ?';

export class SealedOutbox implements OutboxTable {
  readonly #database: Database;
  readonly #sealing: Sealing;
  readonly #seal: TableSeal;

  constructor(database: Database, sealing: Sealing) {
    this.#database = database;
    this.#sealing = sealing;
    this.#seal = sealing.table('outbox');
  }

  put({ session, envelope, ...facts }: OutboxRow): void {
    const { contact, id, order, hidden } = facts;
    const text = session !== null && envelope ? { session: idBytes(session), envelope } : null;
    const body = text && this.#seal.seal(rowKey(facts), text);
    this.#database.change(PUT, idBytes(contact), idBytes(id), order, Number(hidden), body);
  }

  replace(contact: string, id: string, session: string, envelope: Uint8Array): void {
    const row = this.#row(contact, id);
    if (row) this.put({ ...factsOf(row), session, envelope });
  }

  pending(contact: string, afterOrder: number, limit: number): OutboxRow[] {
    const sql = 'SELECT * FROM outbox WHERE contact = ? AND place > ? ORDER BY place LIMIT ?';
    const rows = this.#database.rows(sql, idBytes(contact), afterOrder, limit);
    return collect(this.#sealing, 'outbox', rows, (row) => this.#open(row));
  }

  get(contact: string, id: string): OutboxRow | null {
    const row = this.#row(contact, id);
    return row && this.#open(row);
  }

  remove(contact: string, id: string): boolean {
    return this.#database.change(`DELETE FROM outbox WHERE ${BY_ID}`, idBytes(contact), idBytes(id)) > 0;
  }

  count(contact: string): number {
    return this.#database.row('SELECT queued FROM contact WHERE id = ?', idBytes(contact))?.number('queued') ?? 0;
  }

  total(): number {
    return (
      this.#database.row('SELECT total(queued) AS queued FROM contact WHERE identity <> id')?.number('queued') ?? 0
    );
  }

  #row(contact: string, id: string): Row | null {
    return this.#database.row(`SELECT * FROM outbox WHERE ${BY_ID}`, idBytes(contact), idBytes(id));
  }

  #open(row: Row): OutboxRow {
    const facts = factsOf(row);
    try {
      const body = row.bytesOrNull('body');
      if (!body) return { ...facts, session: null, envelope: null };
      const { session, envelope } = this.#seal.open(rowKey(facts), body, bodySchema);
      return { ...facts, session: toHex(session), envelope };
    } catch (error) {
      if (!(error instanceof StorageError)) throw error;
      this.#sealing.onDamaged({ table: 'outbox', key: facts.id });
      return { ...facts, session: null, envelope: null };
    }
  }
}

/** What stands in clear, and never changes. */
type Facts = Pick<OutboxRow, 'contact' | 'id' | 'order' | 'hidden'>;

function factsOf(row: Row): Facts {
  return {
    contact: idOf(row, 'contact'),
    id: idOf(row, 'id'),
    order: row.number('place'),
    hidden: row.number('hidden') !== 0,
  };
}

function rowKey({ contact, id, order, hidden }: Facts): Uint8Array {
  return concat(idBytes(contact), idBytes(id), float64(order), Uint8Array.of(Number(hidden)));
}
