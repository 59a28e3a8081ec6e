// ML-KEM-768 for a Node without it: JavaScript over the SHA-3 of node:crypto (ml-kem.ts). Four times as fast as the portable
// one at all three things, byte for byte the same; where OpenSSL has no SHAKE, its self-test fails and that one is taken.
import {
  KEM_CIPHERTEXT_LENGTH,
  KEM_MESSAGE_LENGTH,
  KEM_PUBLIC_KEY_LENGTH,
  KEM_SEED_LENGTH,
  requireLength,
} from './lengths.ts';
import { decapsulate, encapsulate, keyPair, type MlKemPrivateKey } from './ml-kem.ts';
import type { Kem, KemPrivateKey } from './primitives.ts';
import { randomBytes } from './randomness.ts';
import { Secret } from './secret.ts';

class MixedKemPrivateKey extends Secret implements KemPrivateKey {
  readonly kind = 'KemPrivateKey';
  readonly #key: MlKemPrivateKey;

  constructor(key: MlKemPrivateKey) {
    super();
    this.#key = key;
  }

  static keyOf(key: KemPrivateKey): MlKemPrivateKey {
    if (!(#key in key)) throw new Error('a key of another implementation');
    return key.#key;
  }
}

export const mixedKem: Kem = {
  name: 'portable',

  keyPair(seed) {
    requireLength(seed, KEM_SEED_LENGTH, 'an ML-KEM seed');
    const { publicKey, privateKey } = keyPair(seed);
    return { publicKey, privateKey: new MixedKemPrivateKey(privateKey) };
  },

  encapsulate(publicKey, message = randomBytes(KEM_MESSAGE_LENGTH)) {
    requireLength(publicKey, KEM_PUBLIC_KEY_LENGTH, 'an ML-KEM-768 public key');
    requireLength(message, KEM_MESSAGE_LENGTH, 'an ML-KEM message');
    const encapsulated = encapsulate(publicKey, message);
    if (!encapsulated) throw new Error('an ML-KEM public key with a coefficient out of range');
    return encapsulated;
  },

  decapsulate(privateKey, ciphertext) {
    requireLength(ciphertext, KEM_CIPHERTEXT_LENGTH, 'an ML-KEM-768 ciphertext');
    return decapsulate(MixedKemPrivateKey.keyOf(privateKey), ciphertext);
  },
};
