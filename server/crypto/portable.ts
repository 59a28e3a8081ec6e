// The primitives in JavaScript: tweetnacl for Ed25519, @stablelib for the rest. Runs on any Node, and is what the native
// implementation is compared with. Only randomness comes from the system. Ten to sixty times slower where curves are
// involved; it knows nothing of who calls it.
import { hash as blake2b } from '@stablelib/blake2b';
import { ChaCha20Poly1305 } from '@stablelib/chacha20poly1305';
import { HKDF } from '@stablelib/hkdf';
import { hmac } from '@stablelib/hmac';
import { SHA256, hash as sha256 } from '@stablelib/sha256';
import { hash as sha512 } from '@stablelib/sha512';
import { scalarMult, scalarMultBase } from '@stablelib/x25519';
import { XChaCha20Poly1305 } from '@stablelib/xchacha20poly1305';
import { webcrypto } from 'node:crypto';
import nacl from 'tweetnacl';
import { isZero, wipe } from './bytes.ts';
import {
  AEAD_KEY_LENGTH,
  CHACHA_NONCE_LENGTH,
  ED25519_SEED_LENGTH,
  HKDF_MAX_LENGTH,
  RANDOM_MAX_LENGTH,
  X25519_KEY_LENGTH,
  XCHACHA_NONCE_LENGTH,
  requireAtMost,
  requireLength,
} from './lengths.ts';
import { isCanonicalSignature, isValidEd25519PublicKey } from './points.ts';
import type { Ed25519PrivateKey, Kem, Primitives, X25519PrivateKey } from './primitives.ts';
import { Secret, Wipeable } from './secret.ts';

type Curves = Pick<
  Primitives,
  | 'x25519PrivateKey'
  | 'x25519KeyPair'
  | 'x25519'
  | 'ed25519PrivateKey'
  | 'ed25519PublicKey'
  | 'ed25519Sign'
  | 'ed25519Verify'
>;
type Ciphers = Pick<
  Primitives,
  'chacha20poly1305Seal' | 'chacha20poly1305Open' | 'xchacha20poly1305Seal' | 'xchacha20poly1305Open'
>;
type Hashes = Pick<Primitives, 'sha256' | 'sha512' | 'blake2b512' | 'hmacSha256' | 'hkdfSha256'>;

class PortableX25519PrivateKey extends Secret implements X25519PrivateKey {
  readonly kind = 'X25519PrivateKey';
  readonly #scalar: Wipeable<Uint8Array>;

  constructor(scalar: Uint8Array) {
    super();
    requireLength(scalar, X25519_KEY_LENGTH, 'an X25519 scalar');
    this.#scalar = new Wipeable<Uint8Array>(Uint8Array.from(scalar), wipe);
  }

  static scalarOf(key: X25519PrivateKey): Uint8Array {
    if (!(#scalar in key)) throw new Error('a key of another implementation');
    return key.#scalar.get();
  }

  wipe(): void {
    this.#scalar.wipe();
  }
}

class PortableEd25519PrivateKey extends Secret implements Ed25519PrivateKey {
  readonly kind = 'Ed25519PrivateKey';
  readonly #pair: nacl.SignKeyPair;

  constructor(seed: Uint8Array) {
    super();
    requireLength(seed, ED25519_SEED_LENGTH, 'an Ed25519 seed');
    this.#pair = nacl.sign.keyPair.fromSeed(seed);
  }

  static pairOf(key: Ed25519PrivateKey): nacl.SignKeyPair {
    if (!(#pair in key)) throw new Error('a key of another implementation');
    return key.#pair;
  }
}

const curves: Curves = {
  x25519PrivateKey: (scalar) => new PortableX25519PrivateKey(scalar),

  x25519KeyPair(scalar) {
    const privateKey = new PortableX25519PrivateKey(scalar);
    return { publicKey: scalarMultBase(scalar), privateKey };
  },

  x25519(privateKey, publicKey) {
    requireLength(publicKey, X25519_KEY_LENGTH, 'an X25519 public key');
    const shared = scalarMult(PortableX25519PrivateKey.scalarOf(privateKey), publicKey);
    return isZero(shared) ? null : shared;
  },

  ed25519PrivateKey: (seed) => new PortableEd25519PrivateKey(seed),
  ed25519PublicKey: (privateKey) => Uint8Array.from(PortableEd25519PrivateKey.pairOf(privateKey).publicKey),
  ed25519Sign: (privateKey, message) =>
    nacl.sign.detached(message, PortableEd25519PrivateKey.pairOf(privateKey).secretKey),
  ed25519Verify: (publicKey, message, signature) =>
    isValidEd25519PublicKey(publicKey) &&
    isCanonicalSignature(signature) &&
    nacl.sign.detached.verify(message, signature, publicKey),
};

const ciphers: Ciphers = {
  chacha20poly1305Seal(key, nonce, plaintext, ad) {
    const cipher = chacha(key, nonce);
    const sealed = cipher.seal(nonce, plaintext, ad);
    cipher.clean();
    return sealed;
  },

  chacha20poly1305Open(key, nonce, sealed, ad) {
    const cipher = chacha(key, nonce);
    const plaintext = cipher.open(nonce, sealed, ad);
    cipher.clean();
    return plaintext;
  },

  xchacha20poly1305Seal(key, nonce, plaintext, ad) {
    const cipher = xchacha(key, nonce);
    const sealed = cipher.seal(nonce, plaintext, ad);
    cipher.clean();
    return sealed;
  },

  xchacha20poly1305Open(key, nonce, sealed, ad) {
    const cipher = xchacha(key, nonce);
    const plaintext = cipher.open(nonce, sealed, ad);
    cipher.clean();
    return plaintext;
  },
};

const hashes: Hashes = {
  sha256,
  sha512,
  blake2b512: (data) => blake2b(data),
  hmacSha256: (key, data) => hmac(SHA256, key, data),

  hkdfSha256(salt, ikm, info, length) {
    requireAtMost(length, HKDF_MAX_LENGTH, 'HKDF output');
    const kdf = new HKDF(SHA256, ikm, salt.length === 0 ? undefined : salt, info);
    const output = kdf.expand(length);
    kdf.clean();
    return output;
  },
};

/** The portable primitives with the given ML-KEM. */
export function portablePrimitives(kem: Kem): Primitives {
  return { name: 'portable', kem, random, ...curves, ...ciphers, ...hashes };
}

function random(length: number): Uint8Array {
  requireAtMost(length, RANDOM_MAX_LENGTH, 'randomness');
  return webcrypto.getRandomValues(new Uint8Array(length));
}

function chacha(key: Uint8Array, nonce: Uint8Array): ChaCha20Poly1305 {
  requireLength(key, AEAD_KEY_LENGTH, 'a ChaCha20-Poly1305 key');
  requireLength(nonce, CHACHA_NONCE_LENGTH, 'a ChaCha20-Poly1305 nonce');
  return new ChaCha20Poly1305(key);
}

function xchacha(key: Uint8Array, nonce: Uint8Array): XChaCha20Poly1305 {
  requireLength(key, AEAD_KEY_LENGTH, 'an XChaCha20-Poly1305 key');
  requireLength(nonce, XCHACHA_NONCE_LENGTH, 'an XChaCha20-Poly1305 nonce');
  return new XChaCha20Poly1305(key);
}
