// Ratchet states, per contact and device. All but the random ids is sealed.
import { z } from 'zod';
import { concat, u32 } from '../crypto/bytes.ts';
import { SecretBytes } from '../crypto/secret.ts';
import { collect } from './damage.ts';
import type { Database, Row } from './database.ts';
import { idBytes, idOf } from './ids.ts';
import { bytesSchema, type Sealing, type TableSeal } from './sealing.ts';

export interface SessionRecord {
  /** The session's own id. */
  readonly id: string;
  readonly role: 'current' | 'old';
  /** When it took this role, ms. */
  readonly since: number;
  readonly state: Uint8Array;
}

export interface SessionTable {
  /** By id, which is by chance; damaged ones are left out and reported. */
  load(contact: string, device: number): SessionRecord[];
  /** Adds or replaces. */
  save(contact: string, device: number, session: SessionRecord): void;
  remove(contact: string, device: number, id: string): void;
}

const bodySchema = z.object({ role: z.enum(['current', 'old']), since: z.number(), state: bytesSchema });

const SAVE = `
  INSERT INTO session (contact, device, id, body) VALUES (?, ?, ?, ?)
  ON CONFLICT (contact, device, id) DO UPDATE SET body = excluded.body`;

export class SealedSessions implements SessionTable {
  readonly #database: Database;
  readonly #sealing: Sealing;
  readonly #seal: TableSeal;

  constructor(database: Database, sealing: Sealing) {
    this.#database = database;
    this.#sealing = sealing;
    this.#seal = sealing.table('session');
  }

  load(contact: string, device: number): SessionRecord[] {
    const sql = 'SELECT * FROM session WHERE contact = ? AND device = ? ORDER BY id';
    const rows = this.#database.rows(sql, idBytes(contact), device);
    return collect(this.#sealing, 'session', rows, (row) => this.#open(row));
  }

  save(contact: string, device: number, { id, role, since, state }: SessionRecord): void {
    const [contactKey, idKey] = [idBytes(contact), idBytes(id)];
    const body = this.#seal.seal(rowKey(contactKey, device, idKey), { role, since, state });
    this.#database.change(SAVE, contactKey, device, idKey, body);
  }

  remove(contact: string, device: number, id: string): void {
    const sql = 'DELETE FROM session WHERE contact = ? AND device = ? AND id = ?';
    this.#database.change(sql, idBytes(contact), device, idBytes(id));
    this.#database.scrub();
  }

  #open(row: Row): SessionRecord {
    const key = rowKey(row.bytes('contact'), row.number('device'), row.bytes('id'));
    const { role, since, state } = this.#seal.open(key, row.bytes('body'), bodySchema);
    return { id: idOf(row, 'id'), role, since, state: new SecretBytes(state) };
  }
}

function rowKey(contact: Uint8Array, device: number, id: Uint8Array): Uint8Array {
  return concat(contact, u32(device), id);
}
