// The hash of a set of sealed rows, which follows each change without reading the other rows: the XOR of one HMAC a row,
// and how many there are (Clarke et al., Incremental Multiset Hash Functions, ASIACRYPT 2003, §4: MSet-XOR-Hash). Nobody
// finds another set with the same hash without the key; and since hashes stand sealed, nobody sees one. The count is part
// of it because two equal rows cancel each other out.
import { concat, equal, u32, utf8 } from '../../crypto/bytes.ts';
import type { Primitives } from '../../crypto/primitives.ts';

const SUM_BYTES = 32;

export interface SetHash {
  /** 32 bytes. */
  readonly sum: Uint8Array;
  readonly count: number;
}

/** A row as the set knows it: any change of it is another one, since each sealing has a nonce of its own. */
export interface SetMember {
  /** The primary key. */
  readonly key: Uint8Array;
  /** Nonce and tag of the sealed body, 40 bytes. */
  readonly seal: Uint8Array;
}

export function emptySet(): SetHash {
  return { sum: new Uint8Array(SUM_BYTES), count: 0 };
}

export function sameSet(a: SetHash, b: SetHash): boolean {
  return a.count === b.count && equal(a.sum, b.sum);
}

/** Adds and takes away members of one table. */
export class SetHasher {
  readonly #primitives: Primitives;
  readonly #hashKey: Uint8Array;
  readonly #prefix: Uint8Array;

  /** @param hashKey 32 bytes; wiped by its owner. */
  constructor(primitives: Primitives, hashKey: Uint8Array, table: string) {
    this.#primitives = primitives;
    this.#hashKey = hashKey;
    this.#prefix = concat(u32(table.length), utf8(table));
  }

  add({ sum, count }: SetHash, member: SetMember): SetHash {
    return { sum: this.#toggle(sum, member), count: count + 1 };
  }

  remove({ sum, count }: SetHash, member: SetMember): SetHash {
    return { sum: this.#toggle(sum, member), count: count - 1 };
  }

  /** length ‖ table ‖ length ‖ key ‖ seal, hashed. */
  #toggle(sum: Uint8Array, { key, seal }: SetMember): Uint8Array {
    const hash = this.#primitives.hmacSha256(this.#hashKey, concat(this.#prefix, u32(key.length), key, seal));
    const next = sum.slice();
    for (let index = 0; index < next.length; index += 1) next[index] = (next[index] ?? 0) ^ (hash[index] ?? 0);
    return next;
  }
}
