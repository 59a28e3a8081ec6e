// The root key of a Double Ratchet: each Diffie-Hellman result turns it once and starts one chain (KDF_RK,
// SPEC.md §4). It does not know whose turn it is nor what the chain is for. A turned root key says nothing about
// the one before it; the next one cannot be had without a new Diffie-Hellman result.
import { utf8, wipe } from '../../crypto/bytes.ts';
import type { Primitives } from '../../crypto/primitives.ts';
import { ChainKey } from './chain-key.ts';
import type { RatchetKey } from './ratchet-key.ts';
import { Secret } from '../../crypto/secret.ts';

const INFO = utf8('loom/2 ratchet root');

export class RootKey extends Secret {
  readonly #key: Uint8Array;

  /** @param key 32 bytes, kept as they are: never written to again. */
  constructor(key: Uint8Array) {
    super();
    this.#key = key;
  }

  /** For the saved state alone. */
  get bytes(): Uint8Array {
    return this.#key;
  }

  /**
   * One Diffie-Hellman ratchet step.
   * @param theirs their ratchet public key, 32 bytes.
   * @returns the next root key and the chain it starts, or null when `theirs` is of low order.
   */
  turn(primitives: Primitives, ours: RatchetKey, theirs: Uint8Array): { root: RootKey; chain: ChainKey } | null {
    const shared = primitives.x25519(ours.privateKey(primitives), theirs);
    if (shared === null) return null;
    const derived = primitives.hkdfSha256(this.#key, shared, INFO, 64);
    const root = new RootKey(derived.slice(0, 32));
    const chain = new ChainKey(derived.slice(32), 0);
    wipe(shared, derived);
    return { root, chain };
  }
}
