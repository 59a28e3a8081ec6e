// ML-KEM-768 (FIPS 203) in JavaScript, by @noble/post-quantum. Runs on any Node, and can encapsulate a given message.
import { ml_kem768 } from '@noble/post-quantum/ml-kem.js';
import { wipe } from '../bytes.ts';
import {
  KEM_CIPHERTEXT_LENGTH,
  KEM_MESSAGE_LENGTH,
  KEM_PUBLIC_KEY_LENGTH,
  KEM_SEED_LENGTH,
  requireLength,
} from '../lengths.ts';
import type { Kem, KemPrivateKey } from '../primitives.ts';
import { Secret, Wipeable } from '../secret.ts';

class PortableKemPrivateKey extends Secret implements KemPrivateKey {
  readonly kind = 'KemPrivateKey';
  readonly #secretKey: Wipeable<Uint8Array>;

  constructor(secretKey: Uint8Array) {
    super();
    this.#secretKey = new Wipeable(secretKey, wipe);
  }

  static secretKeyOf(key: KemPrivateKey): Uint8Array {
    if (!(#secretKey in key)) throw new Error('a key of another implementation');
    return key.#secretKey.get();
  }

  wipe(): void {
    this.#secretKey.wipe();
  }
}

export const portableKem: Kem = {
  name: 'portable',

  keyPair(seed) {
    requireLength(seed, KEM_SEED_LENGTH, 'an ML-KEM seed');
    const { publicKey, secretKey } = ml_kem768.keygen(seed);
    return { publicKey, privateKey: new PortableKemPrivateKey(secretKey) };
  },

  encapsulate(publicKey, message) {
    requireLength(publicKey, KEM_PUBLIC_KEY_LENGTH, 'an ML-KEM-768 public key');
    if (message) requireLength(message, KEM_MESSAGE_LENGTH, 'an ML-KEM message');
    const { cipherText, sharedSecret } = ml_kem768.encapsulate(publicKey, message);
    return { ciphertext: cipherText, sharedSecret };
  },

  decapsulate(privateKey, ciphertext) {
    requireLength(ciphertext, KEM_CIPHERTEXT_LENGTH, 'an ML-KEM-768 ciphertext');
    return ml_kem768.decapsulate(ciphertext, PortableKemPrivateKey.secretKeyOf(privateKey));
  },
};
