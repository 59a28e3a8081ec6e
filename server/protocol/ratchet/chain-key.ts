// One chain of a Double Ratchet: a key that gives one message key and then moves on, never back (KDF_CK, SPEC.md §4).
// It does not know which direction it serves. Values never change: `step` gives a new chain key, the old one stays valid
// until its holder lets go of it.
import type { Primitives } from '../../crypto/primitives.ts';
import { Secret } from '../../crypto/secret.ts';

/** Numbers are u32 and the one after the last must still be writable: no message has this number. */
export const CHAIN_END = 0xffffffff;

const MESSAGE_KEY = Uint8Array.of(0x01);
const NEXT_CHAIN_KEY = Uint8Array.of(0x02);

export interface ChainStep {
  readonly messageKey: Uint8Array;
  readonly next: ChainKey;
}

export class ChainKey extends Secret {
  /** How many message keys came before this one: the `n` of the message it is for. */
  readonly index: number;
  readonly #key: Uint8Array;

  /** @param key 32 bytes, kept as they are: never written to again. */
  constructor(key: Uint8Array, index: number) {
    super();
    this.index = index;
    this.#key = key;
  }

  /** For the saved state alone. */
  get bytes(): Uint8Array {
    return this.#key;
  }

  /** @returns 32 bytes, good for one message, and the chain key after it. */
  step(primitives: Primitives): ChainStep {
    const next = primitives.hmacSha256(this.#key, NEXT_CHAIN_KEY);
    return { messageKey: primitives.hmacSha256(this.#key, MESSAGE_KEY), next: new ChainKey(next, this.index + 1) };
  }
}
