// Settings by name. The name does not stand in clear either: a row's key is HMAC(index key, name).
import { z } from 'zod';
import { utf8 } from '../crypto/bytes.ts';
import type { Database } from './database.ts';
import type { Sealing, TableSeal } from './sealing.ts';

export interface SettingTable {
  /** Undefined when never put. @throws StorageError damaged. */
  get(key: string): unknown;
  /** @param value anything CBOR carries, byte arrays included; not undefined. */
  put(key: string, value: unknown): void;
  /** All, by name. Those of before names were kept with them are left out. @throws StorageError damaged. */
  list(): Setting[];
}

export interface Setting {
  readonly name: string;
  readonly value: unknown;
}

const bodySchema = z.object({ name: z.string().optional(), value: z.unknown() });

const PUT = 'INSERT INTO setting (id, body) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET body = excluded.body';

export class SealedSettings implements SettingTable {
  readonly #database: Database;
  readonly #seal: TableSeal;
  readonly #index: (name: Uint8Array) => Uint8Array;

  constructor(database: Database, sealing: Sealing) {
    this.#database = database;
    this.#seal = sealing.table('setting');
    this.#index = sealing.index('setting');
  }

  get(key: string): unknown {
    const id = this.#index(utf8(key));
    const row = this.#database.row('SELECT body FROM setting WHERE id = ?', id);
    return row ? this.#seal.open(id, row.bytes('body'), bodySchema).value : undefined;
  }

  put(key: string, value: unknown): void {
    const id = this.#index(utf8(key));
    this.#database.change(PUT, id, this.#seal.seal(id, { name: key, value }));
  }

  list(): Setting[] {
    const rows = this.#database.rows('SELECT id, body FROM setting');
    const bodies = rows.map((row) => this.#seal.open(row.bytes('id'), row.bytes('body'), bodySchema));
    const named = bodies.flatMap(({ name, value }) => (name === undefined ? [] : [{ name, value }]));
    return named.sort((a, b) => (a.name < b.name ? -1 : 1));
  }
}
