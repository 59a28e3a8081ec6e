// Who we are: one sealed row.
import { z } from 'zod';
import { utf8, wipe } from '../../crypto/bytes.ts';
import type { PresenceKey } from '../../crypto/keys.ts';
import { SecretBytes } from '../../crypto/secret.ts';
import type { Database } from '../database.ts';
import { takePresenceKey } from '../rows/key-schemas.ts';
import type { Resealable } from '../sealing/resealable.ts';
import { bytesSchema, type Sealing, type TableSeal } from '../sealing/sealing.ts';

export interface IdentityRecord {
  /** 32 bytes; the only secret a recovery phrase holds. */
  readonly masterSeed: Uint8Array;
  readonly name: string;
  /** A line about us, and a picture, as our profile says them (SPEC §6). Left out: none. */
  readonly about?: string | undefined;
  readonly picture?: Uint8Array | undefined;
  readonly device: number;
  readonly generation: number;
  readonly presenceKey: PresenceKey;
  readonly createdAt: number;
}

export interface IdentityTable {
  /** Null: none made yet. @throws StorageError damaged. */
  load(): IdentityRecord | null;
  save(record: IdentityRecord): void;
}

const bodySchema = z.object({
  masterSeed: bytesSchema,
  name: z.string(),
  about: z.string().optional(),
  picture: bytesSchema.optional(),
  device: z.number(),
  generation: z.number(),
  presenceKey: bytesSchema,
  createdAt: z.number(),
});

export const identitySchema = bodySchema;

/** `counted`: a row set (row-set.ts) stands beside it; a profile whose identity says so and that has none has lost it. */
const storedSchema = bodySchema.extend({ counted: z.literal(true).optional() });

const KEY = utf8('identity');

export class SealedIdentity implements IdentityTable, Resealable {
  readonly #database: Database;
  readonly #seal: TableSeal;

  constructor(database: Database, sealing: Sealing) {
    this.#database = database;
    this.#seal = sealing.table('identity');
  }

  load(): IdentityRecord | null {
    const sealed = this.#database.row('SELECT identity FROM profile')?.bytesOrNull('identity');
    if (!sealed) return null;
    // Unknown keys are left out.
    const { masterSeed, presenceKey: bytes, ...rest } = this.#seal.open(KEY, sealed, bodySchema);
    const presenceKey = takePresenceKey(bytes);
    const secret = new SecretBytes(masterSeed);
    wipe(masterSeed);
    return { ...rest, presenceKey, masterSeed: secret };
  }

  save({ masterSeed, name, about, picture, device, generation, presenceKey, createdAt }: IdentityRecord): void {
    const said = { name, about, picture };
    const body = { masterSeed, ...said, device, generation, presenceKey, createdAt, counted: true };
    this.#database.change('UPDATE profile SET identity = ?', this.#seal.seal(KEY, body));
  }

  /** Null: there is no identity. @throws StorageError damaged. */
  isCounted(): boolean | null {
    const sealed = this.#database.row('SELECT identity FROM profile')?.bytesOrNull('identity');
    if (!sealed) return null;
    const { masterSeed, presenceKey, counted } = this.#seal.open(KEY, sealed, storedSchema);
    wipe(masterSeed, presenceKey);
    return counted === true;
  }

  /** The identity of an earlier Loom, once it has a row set; inside `within`. @throws StorageError damaged. */
  markCounted(): void {
    const record = this.load();
    if (!record) return;
    this.save(record);
    wipe(record.masterSeed, record.presenceKey);
  }

  /** @throws StorageError damaged: without an identity there is no profile, and nothing that may be given up. */
  reseal(): void {
    const sealed = this.#database.row('SELECT identity FROM profile')?.bytesOrNull('identity');
    if (sealed) this.#database.change('UPDATE profile SET identity = ?', this.#seal.at(KEY).reseal(sealed));
  }
}
