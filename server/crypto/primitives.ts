// The cryptographic primitives Loom is made of, as one interface with two implementations: `native` on node:crypto
// and `portable` on tweetnacl and @stablelib. Keys and texts are plain byte arrays; what they mean is not known here.

export interface X25519KeyPair {
  readonly publicKey: Uint8Array;
  /** Opaque: 32 bytes in the portable implementation, a KeyObject in the native one. */
  readonly privateKey: X25519PrivateKey;
}

/** A private X25519 scalar, imported once and used often. */
export interface X25519PrivateKey {
  readonly kind: 'X25519PrivateKey';
  /** Ends it: what can be overwritten is, a KeyObject is let go of. Using it from then on is a bug. */
  wipe(): void;
}

/** An Ed25519 signing key, imported once and used often. */
export interface Ed25519PrivateKey {
  readonly kind: 'Ed25519PrivateKey';
}

export interface KemKeyPair {
  /** ML-KEM-768 encapsulation key, 1184 bytes. */
  readonly publicKey: Uint8Array;
  readonly privateKey: KemPrivateKey;
}

export interface KemPrivateKey {
  readonly kind: 'KemPrivateKey';
  /** Ends it: what can be overwritten is, a KeyObject is let go of. Using it from then on is a bug. */
  wipe(): void;
}

/** FIPS 203, ML-KEM-768. */
export interface Kem {
  readonly name: 'native' | 'wasm' | 'portable';
  /** @param seed d ‖ z, 64 bytes. */
  keyPair(seed: Uint8Array): KemKeyPair;
  /**
   * @param message m, 32 bytes, for test vectors: the answer is then always the same. Fresh and random without it.
   * @returns ciphertext (1088 bytes) and shared secret (32 bytes).
   * @throws Error on a key that is not 1184 bytes or fails the modulus check (FIPS 203 §7.2).
   */
  encapsulate(publicKey: Uint8Array, message?: Uint8Array): { ciphertext: Uint8Array; sharedSecret: Uint8Array };
  /** @throws Error on a ciphertext that is not 1088 bytes. A forged one gives an unrelated secret (implicit rejection). */
  decapsulate(privateKey: KemPrivateKey, ciphertext: Uint8Array): Uint8Array;
}

export interface Primitives {
  readonly name: 'native' | 'portable';
  readonly kem: Kem;

  /** @throws Error unless 0 ≤ length ≤ 65,536. */
  random(length: number): Uint8Array;

  /** RFC 7748. @param scalar 32 bytes, clamped inside. */
  x25519PrivateKey(scalar: Uint8Array): X25519PrivateKey;
  x25519KeyPair(scalar: Uint8Array): X25519KeyPair;
  /**
   * X25519(privateKey, publicKey), RFC 7748 §6.1. @param publicKey 32 bytes.
   * @returns 32 bytes, or null when the result is all zero (a low-order point): abort then.
   */
  x25519(privateKey: X25519PrivateKey, publicKey: Uint8Array): Uint8Array | null;

  /** RFC 8032. @param seed 32 bytes. */
  ed25519PrivateKey(seed: Uint8Array): Ed25519PrivateKey;
  ed25519PublicKey(privateKey: Ed25519PrivateKey): Uint8Array;
  ed25519Sign(privateKey: Ed25519PrivateKey, message: Uint8Array): Uint8Array;
  /** False for a bad signature and for non-canonical or small-order public keys (RFC 8032 §5.1.7; see points.ts). */
  ed25519Verify(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean;

  /** RFC 8439 §2.8. @param key 32 bytes @param nonce 12 bytes. @returns ciphertext ‖ tag(16). */
  chacha20poly1305Seal(key: Uint8Array, nonce: Uint8Array, plaintext: Uint8Array, ad: Uint8Array): Uint8Array;
  /** @returns the plaintext, or null when the tag does not hold or the input is shorter than a tag. */
  chacha20poly1305Open(key: Uint8Array, nonce: Uint8Array, sealed: Uint8Array, ad: Uint8Array): Uint8Array | null;

  /** draft-irtf-cfrg-xchacha-03. @param nonce 24 bytes. */
  xchacha20poly1305Seal(key: Uint8Array, nonce: Uint8Array, plaintext: Uint8Array, ad: Uint8Array): Uint8Array;
  xchacha20poly1305Open(key: Uint8Array, nonce: Uint8Array, sealed: Uint8Array, ad: Uint8Array): Uint8Array | null;

  sha256(data: Uint8Array): Uint8Array;
  sha512(data: Uint8Array): Uint8Array;
  /** BLAKE2b with 64 bytes of output, RFC 7693, no key. */
  blake2b512(data: Uint8Array): Uint8Array;
  hmacSha256(key: Uint8Array, data: Uint8Array): Uint8Array;
  /** HKDF-SHA256, RFC 5869. An empty salt is 32 zero bytes. @throws Error over 255 × 32 bytes of output. */
  hkdfSha256(salt: Uint8Array, ikm: Uint8Array, info: Uint8Array, length: number): Uint8Array;
}
