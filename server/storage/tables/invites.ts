// Invites we made: the secret of each, and what became of it. In clear: a random id.
import { z } from 'zod';
import type { InviteId } from '../../contract/ids.ts';
import type { IdentityPublicKey } from '../../crypto/keys.ts';
import { SecretBytes } from '../../crypto/secret.ts';
import { skipDamaged } from '../rows/skip-damaged.ts';
import type { Database } from '../database.ts';
import type { Row } from '../rows/row.ts';
import { idBytes, idOf } from '../rows/ids.ts';
import { identityKeySchema } from '../rows/key-schemas.ts';
import { resealRows, type Resealable } from '../sealing/resealable.ts';
import { bytesSchema, type Sealing, type TableSeal } from '../sealing/sealing.ts';

export interface InviteRecord {
  readonly id: InviteId;
  /** 16 bytes. */
  readonly secret: Uint8Array;
  /** As it was given away. */
  readonly token: string;
  readonly createdAt: number;
  /** Null: never. */
  readonly expiresAt: number | null;
  readonly revokedAt: number | null;
  /** By which identity key; null: not yet. */
  readonly used: { readonly at: number; readonly ik: IdentityPublicKey } | null;
}

export interface InviteTable {
  /** Oldest first; damaged ones are left out and reported. */
  list(): InviteRecord[];
  /** @throws StorageError damaged. */
  get(id: InviteId): InviteRecord | null;
  /** Adds or replaces. */
  put(record: InviteRecord): void;
  remove(id: InviteId): void;
}

const bodySchema = z.object({
  secret: bytesSchema,
  token: z.string(),
  createdAt: z.number(),
  expiresAt: z.number().nullable(),
  revokedAt: z.number().nullable(),
  used: z.object({ at: z.number(), ik: identityKeySchema }).nullable(),
});

/** All of an invite but its id. */
export const inviteBodySchema = bodySchema;

const PUT = 'INSERT INTO invite (id, body) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET body = excluded.body';

/** In place of what nobody can open any more; it counts as damaged, as before. */
const NOTHING = new Uint8Array(0);

export class SealedInvites implements InviteTable, Resealable {
  readonly #database: Database;
  readonly #sealing: Sealing;
  readonly #seal: TableSeal;

  constructor(database: Database, sealing: Sealing) {
    this.#database = database;
    this.#sealing = sealing;
    this.#seal = sealing.table('invite');
  }

  list(): InviteRecord[] {
    const rows = this.#database.rows('SELECT * FROM invite ORDER BY number');
    return skipDamaged(this.#sealing, 'invite', rows, (row) => this.#open(row));
  }

  get(id: InviteId): InviteRecord | null {
    const row = this.#database.row('SELECT * FROM invite WHERE id = ?', idBytes(id));
    return row && this.#open(row);
  }

  put({ id, ...body }: InviteRecord): void {
    const key = idBytes(id);
    this.#database.change(PUT, key, this.#seal.seal(key, body));
  }

  remove(id: InviteId): void {
    this.#database.change('DELETE FROM invite WHERE id = ?', idBytes(id));
    this.#database.scrub();
  }

  reseal(): void {
    const rows = this.#database.rows('SELECT * FROM invite');
    const put = (row: Row, body: Uint8Array): void => void this.#database.change(PUT, row.bytes('id'), body);
    const lose = (row: Row): void => put(row, NOTHING);
    resealRows(this.#sealing, 'invite', rows, lose, (row) => {
      put(row, this.#seal.at(row.bytes('id')).reseal(row.bytes('body')));
    });
  }

  #open(row: Row): InviteRecord {
    const key = row.bytes('id');
    const body = this.#seal.open(key, row.bytes('body'), bodySchema);
    return { ...body, id: idOf(row, 'id') as InviteId, secret: new SecretBytes(body.secret) };
  }
}
