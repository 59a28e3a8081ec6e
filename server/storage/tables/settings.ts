// Settings by name. The name does not stand in clear either: a row's key is HMAC(index key, name).
import { z } from 'zod';
import { utf8 } from '../../crypto/bytes.ts';
import type { Database } from '../database.ts';
import { resealRows, type Resealable } from '../sealing/resealable.ts';
import type { Row } from '../rows/row.ts';
import type { SealedIndex, Sealing, TableSeal } from '../sealing/sealing.ts';

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

const DELETE = 'DELETE FROM setting WHERE id = ?';

export class SealedSettings implements SettingTable, Resealable {
  readonly #database: Database;
  readonly #sealing: Sealing;
  readonly #seal: TableSeal;
  readonly #index: SealedIndex;

  constructor(database: Database, sealing: Sealing) {
    this.#database = database;
    this.#sealing = sealing;
    this.#seal = sealing.table('setting');
    this.#index = sealing.index('setting');
  }

  get(key: string): unknown {
    const sql = 'SELECT id, body FROM setting WHERE id = ?';
    const [row] = this.#index.all(utf8(key)).flatMap((id) => this.#database.rows(sql, id));
    return row && this.#open(row).value;
  }

  put(key: string, value: unknown): void {
    const id = this.#index.of(utf8(key));
    this.#database.change(PUT, id, this.#seal.seal(id, { name: key, value }));
    for (const earlier of this.#index.earlier(utf8(key))) this.#database.change(DELETE, earlier);
  }

  list(): Setting[] {
    const rows = this.#database.rows('SELECT id, body FROM setting');
    const bodies = rows.map((row) => this.#open(row));
    const named = bodies.flatMap(({ name, value }) => (name === undefined ? [] : [{ name, value }]));
    return named.sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** One without its name cannot be found by another key: it goes, and counts as never put. */
  reseal(): void {
    const lose = (row: Row): void => void this.#database.change(DELETE, row.bytes('id'));
    resealRows(this.#sealing, 'setting', this.#database.rows('SELECT id, body FROM setting'), lose, (row) => {
      const { name, value } = this.#open(row);
      lose(row);
      if (name !== undefined) this.put(name, value);
    });
  }

  #open(row: Row): z.infer<typeof bodySchema> {
    return this.#seal.open(row.bytes('id'), row.bytes('body'), bodySchema);
  }
}
