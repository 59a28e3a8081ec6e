// The sizes of keys, nonces and tags, and the one guard that holds them. Both implementations call it at their doors,
// since the libraries below them differ: node:crypto pads a short ChaCha20 nonce, @stablelib takes a long one.

export const X25519_KEY_LENGTH = 32;
export const ED25519_SEED_LENGTH = 32;
export const ED25519_PUBLIC_KEY_LENGTH = 32;
export const ED25519_SIGNATURE_LENGTH = 64;
export const AEAD_KEY_LENGTH = 32;
export const AEAD_TAG_LENGTH = 16;
export const CHACHA_NONCE_LENGTH = 12;
export const XCHACHA_NONCE_LENGTH = 24;
export const SHA256_LENGTH = 32;
/** RFC 5869 §2.3: the block counter is one byte. */
export const HKDF_MAX_LENGTH = 255 * SHA256_LENGTH;
/** What one call of getRandomValues gives at most. */
export const RANDOM_MAX_LENGTH = 65_536;

/** FIPS 203, table 3, and §7.1: the seed is d ‖ z. */
export const KEM_SEED_LENGTH = 64;
export const KEM_MESSAGE_LENGTH = 32;
export const KEM_PUBLIC_KEY_LENGTH = 1184;
export const KEM_CIPHERTEXT_LENGTH = 1088;

/** @throws Error (a bug of the caller) unless `bytes` has exactly `length` bytes. */
export function requireLength(bytes: Uint8Array, length: number, what: string): void {
  if (bytes.length !== length) throw new Error(`${what} must be ${length} bytes, not ${bytes.length}`);
}

/** @throws Error unless `length` is a whole number from 0 to `maximum`. */
export function requireAtMost(length: number, maximum: number, what: string): void {
  if (!Number.isInteger(length) || length < 0 || length > maximum) {
    throw new Error(`${what} must be 0 to ${maximum} bytes, not ${length}`);
  }
}
