// People who have our token and want to talk. In clear: a random id, and HMAC(index key, ik) to be found by.
import { z } from 'zod';
import type { RequestId } from '../../contract/ids.ts';
import type { IdentityPublicKey, StaticPublicKey } from '../../crypto/keys.ts';
import { skipDamaged } from '../rows/skip-damaged.ts';
import type { Database } from '../database.ts';
import type { Row } from '../rows/row.ts';
import { idBytes, idOf } from '../rows/ids.ts';
import { identityKeySchema, staticKeySchema } from '../rows/key-schemas.ts';
import { resealRows, type Resealable } from '../sealing/resealable.ts';
import { bytesSchema, type SealedIndex, type Sealing, type TableSeal } from '../sealing/sealing.ts';

/** What somebody says of themselves when they ask. */
export interface Asked {
  readonly staticKey: StaticPublicKey;
  readonly device: number;
  readonly generation: number;
  /** Theirs of the static key, 64 bytes; left out in requests of an older Loom. */
  readonly certificate?: Uint8Array | undefined;
  /** The one they gave themselves. */
  readonly name: string;
  readonly address: string | null;
}

export interface RequestRecord extends Asked {
  readonly id: RequestId;
  readonly ik: IdentityPublicKey;
  readonly at: number;
  /** The person does not want to see it. */
  readonly ignored?: boolean | undefined;
}

export interface RequestTable {
  /** Oldest first; damaged ones are left out and reported. */
  list(): RequestRecord[];
  /** @throws StorageError damaged. */
  get(id: RequestId): RequestRecord | null;
  /** @throws StorageError damaged. */
  byIdentity(ik: IdentityPublicKey): RequestRecord | null;
  /** Adds or replaces. */
  put(record: RequestRecord): void;
  remove(id: RequestId): void;
  count(): number;
}

export const askedSchema = z.object({
  staticKey: staticKeySchema,
  device: z.number(),
  generation: z.number(),
  certificate: bytesSchema.optional(),
  name: z.string(),
  address: z.string().nullable(),
});

const bodySchema = askedSchema.extend({ ik: identityKeySchema, at: z.number(), ignored: z.boolean().optional() });

/** All of a request but its id. */
export const requestBodySchema = bodySchema;

const PUT = `
  INSERT INTO request (id, identity, body) VALUES (?, ?, ?)
  ON CONFLICT (id) DO UPDATE SET identity = excluded.identity, body = excluded.body`;

/** What nobody can open any more; it counts as damaged, as before. */
const LOSE = `UPDATE request SET identity = randomblob(32), body = x'' WHERE id = ?`;

export class SealedRequests implements RequestTable, Resealable {
  readonly #database: Database;
  readonly #sealing: Sealing;
  readonly #seal: TableSeal;
  readonly #index: SealedIndex;

  constructor(database: Database, sealing: Sealing) {
    this.#database = database;
    this.#sealing = sealing;
    this.#seal = sealing.table('request');
    this.#index = sealing.index('request');
  }

  list(): RequestRecord[] {
    const rows = this.#database.rows('SELECT * FROM request ORDER BY number');
    return skipDamaged(this.#sealing, 'request', rows, (row) => this.#open(row));
  }

  get(id: RequestId): RequestRecord | null {
    const row = this.#database.row('SELECT * FROM request WHERE id = ?', idBytes(id));
    return row && this.#open(row);
  }

  byIdentity(ik: IdentityPublicKey): RequestRecord | null {
    const sql = 'SELECT * FROM request WHERE identity = ?';
    const [row] = this.#index.all(ik).flatMap((identity) => this.#database.rows(sql, identity));
    return row ? this.#open(row) : null;
  }

  put({ id, ...body }: RequestRecord): void {
    const key = idBytes(id);
    this.#database.change(PUT, key, this.#index.of(body.ik), this.#seal.seal(key, body));
  }

  remove(id: RequestId): void {
    this.#database.change('DELETE FROM request WHERE id = ?', idBytes(id));
    this.#database.scrub();
  }

  count(): number {
    return this.#database.row('SELECT count(*) AS count FROM request')?.number('count') ?? 0;
  }

  reseal(): void {
    const rows = this.#database.rows('SELECT * FROM request');
    const lose = (row: Row): void => void this.#database.change(LOSE, row.bytes('id'));
    resealRows(this.#sealing, 'request', rows, lose, (row) => {
      const [key, { ik }] = [row.bytes('id'), this.#open(row)];
      this.#database.change(PUT, key, this.#index.of(ik), this.#seal.at(key).reseal(row.bytes('body')));
    });
  }

  #open(row: Row): RequestRecord {
    const body = this.#seal.open(row.bytes('id'), row.bytes('body'), bodySchema);
    this.#index.require(row.bytes('identity'), body.ik);
    return { id: idOf(row, 'id') as RequestId, ...body };
  }
}
