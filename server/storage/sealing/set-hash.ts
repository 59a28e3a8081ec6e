// The hash of a set of sealed rows, which follows each change without reading the other rows: the XOR of one HMAC a row,
// and how many there are (Clarke et al., Incremental Multiset Hash Functions, ASIACRYPT 2003, §4: MSet-XOR-Hash). Nobody
// finds another set with the same hash without the key; and since hashes stand sealed, nobody sees one. The count is part
// of it because two equal rows cancel each other out.
import { equal, utf8, writeU32 } from '../../crypto/bytes.ts';
import type { Primitives } from '../../crypto/primitives.ts';

const SUM_BYTES = 32;
const LENGTH_BYTES = 4;

export interface SetHash {
  /** 32 bytes. */
  readonly sum: Uint8Array;
  readonly count: number;
}

/** A row as the set knows it: any change of it is another one, since each sealing has a nonce of its own. */
export interface SetMember {
  readonly table: string;
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

/** Adds and takes away members. Knows nothing of where they come from. */
export class SetHasher {
  readonly #primitives: Primitives;
  readonly #key: Uint8Array;

  /** @param key 32 bytes; wiped by its owner. */
  constructor(primitives: Primitives, key: Uint8Array) {
    this.#primitives = primitives;
    this.#key = key;
  }

  add({ sum, count }: SetHash, member: SetMember): SetHash {
    return { sum: this.#toggle(sum, member), count: count + 1 };
  }

  remove({ sum, count }: SetHash, member: SetMember): SetHash {
    return { sum: this.#toggle(sum, member), count: count - 1 };
  }

  #toggle(sum: Uint8Array, { table, key, seal }: SetMember): Uint8Array {
    const hash = this.#primitives.hmacSha256(this.#key, lengthPrefixed(utf8(table), key, seal));
    return sum.map((byte, index) => byte ^ (hash[index] ?? 0));
  }
}

/** Each part behind its length, u32. */
function lengthPrefixed(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + LENGTH_BYTES + part.length, 0));
  let at = 0;
  for (const part of parts) {
    writeU32(whole, at, part.length);
    whole.set(part, at + LENGTH_BYTES);
    at += LENGTH_BYTES + part.length;
  }
  return whole;
}
