// Ratchet states, per contact and device. All but the random ids is sealed.
import { z } from 'zod';
import type { ContactId } from '../../contract/ids.ts';
import { concat, u32, wipe } from '../../crypto/bytes.ts';
import { SecretBytes } from '../../crypto/secret.ts';
import { skipDamaged } from '../rows/skip-damaged.ts';
import type { Database } from '../database.ts';
import type { Row } from '../rows/row.ts';
import { idBytes, idOf } from '../rows/ids.ts';
import { resealRows, type Resealable } from '../sealing/resealable.ts';
import { bytesSchema, type Sealing, type TableSeal } from '../sealing/sealing.ts';

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
  load(contact: ContactId, device: number): SessionRecord[];
  /** Adds or replaces; `state` is asked for whenever it is written, anew each time, and wiped once it is sealed. */
  save(contact: ContactId, device: number, session: SessionRecord): void;
  remove(contact: ContactId, device: number, id: string): void;
}

const bodySchema = z.object({ role: z.enum(['current', 'old']), since: z.number(), state: bytesSchema });

const SAVE = `
  INSERT INTO session (contact, device, id, body) VALUES (?, ?, ?, ?)
  ON CONFLICT (contact, device, id) DO UPDATE SET body = excluded.body`;

/** In place of what nobody can open any more; it counts as damaged, as before. */
const NOTHING = new Uint8Array(0);

export class SealedSessions implements SessionTable, Resealable {
  readonly #database: Database;
  readonly #sealing: Sealing;
  readonly #seal: TableSeal;

  constructor(database: Database, sealing: Sealing) {
    this.#database = database;
    this.#sealing = sealing;
    this.#seal = sealing.table('session');
  }

  load(contact: ContactId, device: number): SessionRecord[] {
    this.#database.settle();
    const sql = 'SELECT * FROM session WHERE contact = ? AND device = ? ORDER BY id';
    const rows = this.#database.rows(sql, idBytes(contact), device);
    return skipDamaged(this.#sealing, 'session', rows, (row) => this.#open(row));
  }

  save(contact: ContactId, device: number, session: SessionRecord): void {
    this.#database.later(deferredKey(contact, device, session.id), SAVE, () => {
      const { id, role, since, state } = session;
      const [contactKey, idKey] = [idBytes(contact), idBytes(id)];
      const sealed = this.#seal.seal(rowKey(contactKey, device, idKey), { role, since, state });
      wipe(state);
      return [contactKey, device, idKey, sealed];
    });
  }

  remove(contact: ContactId, device: number, id: string): void {
    const sql = 'DELETE FROM session WHERE contact = ? AND device = ? AND id = ?';
    this.#database.cancel(deferredKey(contact, device, id));
    this.#database.change(sql, idBytes(contact), device, idBytes(id));
    this.#database.scrub();
  }

  reseal(): void {
    this.#database.settle();
    const put = (row: Row, body: Uint8Array): void => {
      this.#database.change(SAVE, row.bytes('contact'), row.number('device'), row.bytes('id'), body);
    };
    const rows = this.#database.rows('SELECT * FROM session');
    const lose = (row: Row): void => put(row, NOTHING);
    resealRows(this.#sealing, 'session', rows, lose, (row) => {
      put(row, this.#seal.at(keyOf(row)).reseal(row.bytes('body')));
    });
  }

  #open(row: Row): SessionRecord {
    const { role, since, state } = this.#seal.open(keyOf(row), row.bytes('body'), bodySchema);
    const secret = new SecretBytes(state);
    wipe(state);
    return { id: idOf(row, 'id'), role, since, state: secret };
  }
}

/** Begins with the contact, whose removal cancels it. */
function deferredKey(contact: ContactId, device: number, id: string): string {
  return `${contact} session ${device} ${id}`;
}

function keyOf(row: Row): Uint8Array {
  return rowKey(row.bytes('contact'), row.number('device'), row.bytes('id'));
}

function rowKey(contact: Uint8Array, device: number, id: Uint8Array): Uint8Array {
  return concat(contact, u32(device), id);
}
