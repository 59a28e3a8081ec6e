// The keys of one database: all that are derived from a master key, and which master keys there are. One is current, and
// seals; earlier ones only open, until every row they sealed has been sealed anew. Knows nothing of rows.
import { equal, utf8, wipe } from '../../crypto/bytes.ts';
import type { Primitives } from '../../crypto/primitives.ts';

export const KEY_ID_BYTES = 4;
const SUBKEY_BYTES = 32;

type Purpose = 'table' | 'tag' | 'index' | 'key id' | 'earlier keys';

/** Those of one table. */
export interface TableKeys {
  readonly row: Uint8Array;
  readonly tag: Uint8Array;
  readonly index: Uint8Array;
  /** Says in the header of a row which master key it is sealed under: no secret. */
  readonly id: Uint8Array;
}

/** Everything derived from one master key, HKDF-SHA256 with the database id as salt. */
export class DerivedKeys {
  readonly id: Uint8Array;
  readonly #primitives: Primitives;
  readonly #database: Uint8Array;
  readonly #root: Uint8Array;
  readonly #tables = new Map<string, TableKeys>();

  /** @param masterKey 32 bytes; copied, wiped by its owner. */
  constructor(primitives: Primitives, database: Uint8Array, masterKey: Uint8Array) {
    this.#primitives = primitives;
    this.#database = database;
    this.#root = masterKey.slice();
    this.id = keyId(primitives, database, masterKey);
  }

  table(name: string): TableKeys {
    const known = this.#tables.get(name);
    if (known) return known;
    const [row, tag, index] = (['table', 'tag', 'index'] as const).map((purpose) => this.#subkey(purpose, name));
    if (!row || !tag || !index) throw new Error('three purposes, three keys');
    const keys = { row, tag, index, id: this.id };
    this.#tables.set(name, keys);
    return keys;
  }

  wipe(): void {
    wipe(this.#root);
    for (const { row, tag, index } of this.#tables.values()) wipe(row, tag, index);
  }

  #subkey(purpose: Purpose, name: string): Uint8Array {
    return subkey(this.#primitives, this.#database, this.#root, purpose, name);
  }
}

/** What a table sees of the ring; kept by the ring when keys come and go. */
export interface TableRing {
  current: TableKeys;
  /** The newest first. */
  earlier: readonly TableKeys[];
}

export class KeyRing {
  readonly #primitives: Primitives;
  readonly #database: Uint8Array;
  #current: DerivedKeys;
  #earlier: DerivedKeys[];
  readonly #tables = new Map<string, TableRing>();

  /** @param masterKeys the current one first, 32 bytes each; copied. @param database 16 bytes. */
  constructor(primitives: Primitives, database: Uint8Array, masterKeys: readonly [Uint8Array, ...Uint8Array[]]) {
    this.#primitives = primitives;
    this.#database = database;
    const [current, ...earlier] = masterKeys;
    this.#current = this.#derive(current);
    this.#earlier = earlier.map((key) => this.#derive(key));
  }

  table(name: string): TableRing {
    const known = this.#tables.get(name);
    if (known) return known;
    const ring = this.#ringOf(name);
    this.#tables.set(name, ring);
    return ring;
  }

  /** Ids of the master keys that rows may be sealed under but no longer are, the newest first. */
  get earlier(): readonly Uint8Array[] {
    return this.#earlier.map(({ id }) => id);
  }

  /** Seals under `masterKey` from now on; the one before opens for as long as it is not dropped. */
  rotate(masterKey: Uint8Array): void {
    this.#earlier = [this.#current, ...this.#earlier];
    this.#current = this.#derive(masterKey);
    this.#refresh();
  }

  /** Earlier keys with these ids open nothing any more. */
  drop(ids: readonly Uint8Array[]): void {
    const dropped = this.#earlier.filter(({ id }) => ids.some((other) => equal(other, id)));
    this.#earlier = this.#earlier.filter((keys) => !dropped.includes(keys));
    for (const keys of dropped) keys.wipe();
    this.#refresh();
  }

  wipe(): void {
    for (const keys of [this.#current, ...this.#earlier]) keys.wipe();
  }

  #derive(masterKey: Uint8Array): DerivedKeys {
    return new DerivedKeys(this.#primitives, this.#database, masterKey);
  }

  #refresh(): void {
    for (const [name, ring] of this.#tables) Object.assign(ring, this.#ringOf(name));
  }

  #ringOf(name: string): TableRing {
    return { current: this.#current.table(name), earlier: this.#earlier.map((keys) => keys.table(name)) };
  }
}

/** Names a master key without telling anything of it, 4 bytes. */
export function keyId(primitives: Primitives, database: Uint8Array, masterKey: Uint8Array): Uint8Array {
  return subkey(primitives, database, masterKey, 'key id', '').slice(0, KEY_ID_BYTES);
}

/** Seals the earlier master keys in keys.json, 32 bytes; the caller wipes it. */
export function earlierKeysKey(primitives: Primitives, database: Uint8Array, masterKey: Uint8Array): Uint8Array {
  return subkey(primitives, database, masterKey, 'earlier keys', '');
}

function subkey(
  primitives: Primitives,
  database: Uint8Array,
  masterKey: Uint8Array,
  purpose: Purpose,
  name: string,
): Uint8Array {
  return primitives.hkdfSha256(database, masterKey, utf8(`loom/2 storage ${purpose} ${name}`), SUBKEY_BYTES);
}
