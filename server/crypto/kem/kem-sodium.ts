// ML-KEM-768 (FIPS 203) by libsodium in WebAssembly: for a Node that has none of its own, in half the time of JavaScript.
import { wipe } from '../bytes.ts';
import { randomBytes } from '../randomness.ts';
import {
  KEM_CIPHERTEXT_LENGTH,
  KEM_MESSAGE_LENGTH,
  KEM_PUBLIC_KEY_LENGTH,
  KEM_SEED_LENGTH,
  requireLength,
} from '../lengths.ts';
import type { Kem, KemPrivateKey } from '../primitives.ts';
import { Secret, Wipeable } from '../secret.ts';
import { sodium } from '../sodium.ts';

/** FIPS 203, table 3: the decapsulation key. */
const SECRET_KEY_LENGTH = 2400;
const SHARED_SECRET_LENGTH = 32;
/** FIPS 203 §2.4.8: coefficients are smaller than q, twelve bits each, in all of a public key but its last 32 bytes. */
const Q = 3329;
const COEFFICIENTS_LENGTH = KEM_PUBLIC_KEY_LENGTH - 32;

/** One place for each operand; zero between calls. */
const PUBLIC_KEY = sodium._malloc(
  KEM_PUBLIC_KEY_LENGTH + SECRET_KEY_LENGTH + KEM_CIPHERTEXT_LENGTH + SHARED_SECRET_LENGTH + KEM_SEED_LENGTH,
);
const SECRET_KEY = PUBLIC_KEY + KEM_PUBLIC_KEY_LENGTH;
const CIPHERTEXT = SECRET_KEY + SECRET_KEY_LENGTH;
const SHARED_SECRET = CIPHERTEXT + KEM_CIPHERTEXT_LENGTH;
const SEED = SHARED_SECRET + SHARED_SECRET_LENGTH;
const END = SEED + KEM_SEED_LENGTH;

class SodiumKemPrivateKey extends Secret implements KemPrivateKey {
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

export const sodiumKem: Kem = {
  name: 'wasm',

  keyPair(seed) {
    requireLength(seed, KEM_SEED_LENGTH, 'an ML-KEM seed');
    return inPlace(() => {
      put(seed, SEED);
      demand(sodium._crypto_kem_mlkem768_seed_keypair(PUBLIC_KEY, SECRET_KEY, SEED));
      const privateKey = new SodiumKemPrivateKey(take(SECRET_KEY, SECRET_KEY_LENGTH));
      return { publicKey: take(PUBLIC_KEY, KEM_PUBLIC_KEY_LENGTH), privateKey };
    });
  },

  encapsulate(publicKey, message = randomBytes(KEM_MESSAGE_LENGTH)) {
    requireLength(publicKey, KEM_PUBLIC_KEY_LENGTH, 'an ML-KEM-768 public key');
    requireLength(message, KEM_MESSAGE_LENGTH, 'an ML-KEM message');
    requireReduced(publicKey);
    return inPlace(() => {
      put(publicKey, PUBLIC_KEY);
      put(message, SEED);
      demand(sodium._crypto_kem_mlkem768_enc_deterministic(CIPHERTEXT, SHARED_SECRET, PUBLIC_KEY, SEED));
      const ciphertext = take(CIPHERTEXT, KEM_CIPHERTEXT_LENGTH);
      return { ciphertext, sharedSecret: take(SHARED_SECRET, SHARED_SECRET_LENGTH) };
    });
  },

  decapsulate(privateKey, ciphertext) {
    requireLength(ciphertext, KEM_CIPHERTEXT_LENGTH, 'an ML-KEM-768 ciphertext');
    const secretKey = SodiumKemPrivateKey.secretKeyOf(privateKey);
    return inPlace(() => {
      put(secretKey, SECRET_KEY);
      put(ciphertext, CIPHERTEXT);
      demand(sodium._crypto_kem_mlkem768_dec(SHARED_SECRET, CIPHERTEXT, SECRET_KEY));
      return take(SHARED_SECRET, SHARED_SECRET_LENGTH);
    });
  },
};

function inPlace<T>(work: () => T): T {
  try {
    return work();
  } finally {
    sodium.HEAPU8.fill(0, PUBLIC_KEY, END);
  }
}

function put(bytes: Uint8Array, at: number): void {
  sodium.HEAPU8.set(bytes, at);
}

function take(at: number, length: number): Uint8Array {
  return sodium.HEAPU8.slice(at, at + length);
}

function demand(answer: number): void {
  if (answer !== 0) throw new Error('ML-KEM-768 refuses');
}

/** The modulus check of FIPS 203 §7.2. @throws Error. */
function requireReduced(publicKey: Uint8Array): void {
  for (let at = 0; at < COEFFICIENTS_LENGTH; at += 3) {
    const [low = 0, middle = 0, high = 0] = [publicKey[at], publicKey[at + 1], publicKey[at + 2]];
    const [first, second] = [low | ((middle & 15) << 8), (middle >>> 4) | (high << 4)];
    if (first >= Q || second >= Q) throw new Error('an ML-KEM-768 public key must be reduced');
  }
}
