// A ratchet key pair of ours. The scalar is kept beside the public key because a session must survive a restart; the
// form that computes is made when first needed and then shared by every state that holds the pair.
import type { Primitives, X25519PrivateKey } from '../../crypto/primitives.ts';
import { Secret } from '../../crypto/secret.ts';

/** A ratchet key pair as it is kept: 32 bytes each. */
export interface RatchetKeyPair {
  readonly scalar: Uint8Array;
  readonly publicKey: Uint8Array;
}

export class RatchetKey extends Secret implements RatchetKeyPair {
  readonly publicKey: Uint8Array;
  readonly #scalar: Uint8Array;
  #privateKey: X25519PrivateKey | null;

  /** @param pair scalar and public key that belong together; not checked, it would cost a scalar multiplication. */
  constructor(pair: RatchetKeyPair, privateKey: X25519PrivateKey | null = null) {
    super();
    this.publicKey = pair.publicKey;
    this.#scalar = pair.scalar;
    this.#privateKey = privateKey;
  }

  /**
   * For a session, which outlives the connection the pair was made for, and whose owner may wipe it. The form that
   * computes has the scalar in a copy of its own and is shared, making it costs a scalar multiplication.
   */
  static copyOf(pair: RatchetKeyPair): RatchetKey {
    const { scalar, publicKey } = pair;
    const copy = { scalar: new Uint8Array(scalar), publicKey: new Uint8Array(publicKey) };
    return new RatchetKey(copy, #privateKey in pair ? pair.#privateKey : null);
  }

  get scalar(): Uint8Array {
    return this.#scalar;
  }

  privateKey(primitives: Primitives): X25519PrivateKey {
    this.#privateKey ??= primitives.x25519PrivateKey(this.#scalar);
    return this.#privateKey;
  }
}

/** A fresh ratchet key pair. @param random gives that many unpredictable bytes. */
export function makeRatchetKey(primitives: Primitives, random: (length: number) => Uint8Array): RatchetKey {
  const scalar = random(32);
  const { publicKey, privateKey } = primitives.x25519KeyPair(scalar);
  return new RatchetKey({ scalar, publicKey }, privateKey);
}
