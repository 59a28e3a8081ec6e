// The primitives on node:crypto (OpenSSL). Keys are imported once and kept as KeyObjects; short texts go through
// libsodium's ChaCha20-Poly1305, which costs less than crossing into OpenSSL.
// Whether this Node can do all of it is for choose.ts to find out. It knows nothing of who calls it.
import {
  createCipheriv,
  createDecipheriv,
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  diffieHellman,
  hash,
  sign,
  verify,
  type KeyObject,
} from 'node:crypto';
import { hchacha } from '@stablelib/xchacha20';
import { equal, fromHex, wipe } from './bytes.ts';
import { hkdfSha256, hmacSha256 } from './hmac.ts';
import {
  AEAD_KEY_LENGTH,
  AEAD_TAG_LENGTH,
  CHACHA_NONCE_LENGTH,
  ED25519_SEED_LENGTH,
  X25519_KEY_LENGTH,
  XCHACHA_NONCE_LENGTH,
  requireLength,
} from './lengths.ts';
import { isCanonicalSignature, isLowOrderX25519, isValidEd25519PublicKey } from './points.ts';
import type { Ed25519PrivateKey, Kem, Primitives, X25519PrivateKey } from './primitives.ts';
import { randomBytes } from './randomness.ts';
import { rawKeys } from './raw-keys.ts';
import { Secret, Wipeable } from './secret.ts';
import { SODIUM_PAYS_UP_TO, sodiumOpen, sodiumSeal } from './sodium.ts';

const CIPHER = 'chacha20-poly1305';
const TAG = { authTagLength: AEAD_TAG_LENGTH };
const JWK_IS_QUICKER = process.versions.openssl.startsWith('3.0.');
/** Node 20 wants a public half in a private JWK and does not look at it: it computes the true one from `d`. */
const DUMMY_X = 'A'.repeat(43);
const PKCS8_PREFIX = {
  X25519: fromHex('302e020100300506032b656e04220420'),
  Ed25519: fromHex('302e020100300506032b657004220420'),
};
const RAW_TYPE = { X25519: 'x25519', Ed25519: 'ed25519' } as const;
const CIPHER_KEYS_ARE_SLOW = process.versions.node.startsWith('24.');

type Curve = 'X25519' | 'Ed25519';
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

class NativeX25519PrivateKey extends Secret implements X25519PrivateKey {
  readonly kind = 'X25519PrivateKey';
  readonly #key: Wipeable<KeyObject>;

  constructor(scalar: Uint8Array) {
    super();
    requireLength(scalar, X25519_KEY_LENGTH, 'an X25519 scalar');
    this.#key = new Wipeable(importPrivate('X25519', scalar));
  }

  static keyOf(key: X25519PrivateKey): KeyObject {
    if (!(#key in key)) throw new Error('a key of another implementation');
    return key.#key.get();
  }

  wipe(): void {
    this.#key.wipe();
  }
}

class NativeEd25519PrivateKey extends Secret implements Ed25519PrivateKey {
  readonly kind = 'Ed25519PrivateKey';
  readonly #key: KeyObject;

  constructor(seed: Uint8Array) {
    super();
    requireLength(seed, ED25519_SEED_LENGTH, 'an Ed25519 seed');
    this.#key = importPrivate('Ed25519', seed);
  }

  static keyOf(key: Ed25519PrivateKey): KeyObject {
    if (!(#key in key)) throw new Error('a key of another implementation');
    return key.#key;
  }
}

const curves: Curves = {
  x25519PrivateKey: (scalar) => new NativeX25519PrivateKey(scalar),

  x25519KeyPair(scalar) {
    const privateKey = new NativeX25519PrivateKey(scalar);
    return { publicKey: exportPublic(NativeX25519PrivateKey.keyOf(privateKey)), privateKey };
  },

  x25519(privateKey, publicKey) {
    requireLength(publicKey, X25519_KEY_LENGTH, 'an X25519 public key');
    const ours = NativeX25519PrivateKey.keyOf(privateKey);
    try {
      return plain(diffieHellman({ privateKey: ours, publicKey: theirPublicKey(publicKey) }));
    } catch (error) {
      // OpenSSL fails on an all-zero result, which exactly the low-order points give: clamped scalars are multiples of 8.
      if (isLowOrderX25519(publicKey)) return null;
      throw error;
    }
  },

  ed25519PrivateKey: (seed) => new NativeEd25519PrivateKey(seed),
  ed25519PublicKey: (privateKey) => exportPublic(NativeEd25519PrivateKey.keyOf(privateKey)),
  ed25519Sign: (privateKey, message) => plain(sign(null, message, NativeEd25519PrivateKey.keyOf(privateKey))),
  ed25519Verify: (publicKey, message, signature) =>
    isValidEd25519PublicKey(publicKey) &&
    isCanonicalSignature(signature) &&
    verify(null, message, importPublic('Ed25519', publicKey), signature),
};

/** The native primitives with the given ML-KEM. */
export function nativePrimitives(kem: Kem): Primitives {
  return {
    name: 'native',
    kem,
    random: randomBytes,
    ...curves,
    chacha20poly1305Seal: seal,
    chacha20poly1305Open: open,
    xchacha20poly1305Seal: xseal,
    xchacha20poly1305Open: xopen,
    sha256: (data) => plain(hash('sha256', data, 'buffer')),
    sha512: (data) => plain(hash('sha512', data, 'buffer')),
    blake2b512: (data) => plain(hash('blake2b512', data, 'buffer')),
    hmacSha256,
    hkdfSha256,
  };
}

function seal(key: Uint8Array, nonce: Uint8Array, plaintext: Uint8Array, ad: Uint8Array): Uint8Array {
  requireCipherLengths(key, nonce);
  const length = plaintext.length;
  if (length + ad.length <= SODIUM_PAYS_UP_TO) return sodiumSeal('chacha20poly1305', key, nonce, plaintext, ad);
  const cipher = createCipheriv(CIPHER, cipherKey(key), nonce, TAG);
  if (ad.length > 0) cipher.setAAD(ad, { plaintextLength: length });
  const sealed = new Uint8Array(length + AEAD_TAG_LENGTH);
  sealed.set(cipher.update(plaintext));
  cipher.final();
  sealed.set(cipher.getAuthTag(), length);
  return sealed;
}

function open(key: Uint8Array, nonce: Uint8Array, sealed: Uint8Array, ad: Uint8Array): Uint8Array | null {
  requireCipherLengths(key, nonce);
  const length = sealed.length - AEAD_TAG_LENGTH;
  if (length < 0) return null;
  if (length + ad.length <= SODIUM_PAYS_UP_TO) return sodiumOpen('chacha20poly1305', key, nonce, sealed, ad);
  const decipher = createDecipheriv(CIPHER, cipherKey(key), nonce, TAG);
  if (ad.length > 0) decipher.setAAD(ad, { plaintextLength: length });
  decipher.setAuthTag(sealed.subarray(length));
  const plaintext = decipher.update(sealed.subarray(0, length));
  try {
    decipher.final();
    return plain(plaintext);
  } catch {
    wipe(plaintext);
    return null;
  }
}

function xseal(key: Uint8Array, nonce: Uint8Array, plaintext: Uint8Array, ad: Uint8Array): Uint8Array {
  requireXCipherLengths(key, nonce);
  if (plaintext.length + ad.length <= SODIUM_PAYS_UP_TO) {
    return sodiumSeal('xchacha20poly1305', key, nonce, plaintext, ad);
  }
  return withSubkey(key, nonce, (subkey, rest) => seal(subkey, rest, plaintext, ad));
}

function xopen(key: Uint8Array, nonce: Uint8Array, sealed: Uint8Array, ad: Uint8Array): Uint8Array | null {
  requireXCipherLengths(key, nonce);
  const length = sealed.length - AEAD_TAG_LENGTH;
  if (length < 0) return null;
  if (length + ad.length <= SODIUM_PAYS_UP_TO) return sodiumOpen('xchacha20poly1305', key, nonce, sealed, ad);
  return withSubkey(key, nonce, (subkey, rest) => open(subkey, rest, sealed, ad));
}

/** draft-irtf-cfrg-xchacha-03 §2.3: HChaCha20 makes a key of the first 16 bytes of the nonce; the other 8 remain. */
function withSubkey<T>(key: Uint8Array, nonce: Uint8Array, use: (subkey: Uint8Array, rest: Uint8Array) => T): T {
  const subkey = hchacha(key, nonce.subarray(0, 16), new Uint8Array(AEAD_KEY_LENGTH));
  const rest = new Uint8Array(CHACHA_NONCE_LENGTH);
  rest.set(nonce.subarray(16), 4);
  const result = use(subkey, rest);
  wipe(subkey);
  return result;
}

function requireXCipherLengths(key: Uint8Array, nonce: Uint8Array): void {
  requireLength(key, AEAD_KEY_LENGTH, 'an XChaCha20-Poly1305 key');
  requireLength(nonce, XCHACHA_NONCE_LENGTH, 'an XChaCha20-Poly1305 nonce');
}

function requireCipherLengths(key: Uint8Array, nonce: Uint8Array): void {
  requireLength(key, AEAD_KEY_LENGTH, 'a ChaCha20-Poly1305 key');
  requireLength(nonce, CHACHA_NONCE_LENGTH, 'a ChaCha20-Poly1305 nonce');
}

/** Raw bytes, or on Node 24 a KeyObject: it tells the two apart by exceptions, 12 µs for each raw key; a KeyObject costs 1. */
function cipherKey(key: Uint8Array): Uint8Array | KeyObject {
  return CIPHER_KEYS_ARE_SLOW ? createSecretKey(key) : key;
}

/**
 * As PKCS #8 (RFC 8410 §7): a fixed prefix and the 32 bytes. OpenSSL 3.0, that of Node 20, takes 280 µs for it and 20 for
 * a JWK; from 3.5 on both take the same, and Node 24 wants the public half of a JWK to be the true one. Bare bytes are
 * quicker still where they are taken.
 */
function importPrivate(curve: Curve, secret: Uint8Array): KeyObject {
  // What Node decodes of a JWK it does not overwrite: not for the identity key, which is imported once and stays.
  if (JWK_IS_QUICKER && curve === 'X25519') {
    return createPrivateKey({ format: 'jwk', key: { kty: 'OKP', crv: curve, d: base64url(secret), x: DUMMY_X } });
  }
  if (rawKeys) return rawKeys.importPrivate(RAW_TYPE[curve], secret);
  const der = Buffer.concat([PKCS8_PREFIX[curve], secret]);
  const key = createPrivateKey({ format: 'der', type: 'pkcs8', key: der });
  wipe(der);
  return key;
}

function importPublic(curve: Curve, publicKey: Uint8Array): KeyObject {
  return createPublicKey({ format: 'jwk', key: { kty: 'OKP', crv: curve, x: base64url(publicKey) } });
}

/** The public key of the last agreement: a ratchet step agrees twice with the same one, the old key of ours and the new. */
let lastPublic: { readonly bytes: Uint8Array; readonly key: KeyObject } | null = null;

function theirPublicKey(publicKey: Uint8Array): KeyObject {
  if (lastPublic && equal(lastPublic.bytes, publicKey)) return lastPublic.key;
  const key = importPublic('X25519', publicKey);
  lastPublic = { bytes: Uint8Array.from(publicKey), key };
  return key;
}

/** Goes through a public KeyObject, so that no JWK with the private half is made. */
function exportPublic(privateKey: KeyObject): Uint8Array {
  if (rawKeys) return rawKeys.exportPublic(privateKey);
  const { x } = createPublicKey(privateKey).export({ format: 'jwk' });
  if (x === undefined) throw new Error('a key without a public half');
  return new Uint8Array(Buffer.from(x, 'base64url'));
}

function base64url(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64url');
}

/** The same bytes, not copied, as what both implementations promise: a Uint8Array that is no Buffer. */
function plain(buffer: Buffer): Uint8Array {
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength);
}
