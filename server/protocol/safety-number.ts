// The number two people compare to know that nobody stands between them (SPEC §7). It depends on the two identity keys
// alone, is the same on both sides, and follows Signal's numeric fingerprint.
import { concat } from '../crypto/bytes.ts';
import type { IdentityPublicKey } from '../crypto/keys.ts';
import type { Primitives } from '../crypto/primitives.ts';
import { KEY_BYTES, SAFETY_ITERATIONS } from './limits.ts';

const CHUNKS = 6;
const CHUNK_BYTES = 5;
const CHUNK_DIGITS = 5;

/** @param a, b identity keys in either order. @returns 60 digits, shown in twelve groups of five. */
export function safetyNumber(primitives: Primitives, a: IdentityPublicKey, b: IdentityPublicKey): string {
  return [half(primitives, a), half(primitives, b)].sort().join('');
}

function half(primitives: Primitives, identityKey: IdentityPublicKey): string {
  if (identityKey.length !== KEY_BYTES) throw new Error('an identity key has 32 bytes');
  let hash = concat(Uint8Array.of(0, 0), identityKey, identityKey);
  for (let i = 0; i < SAFETY_ITERATIONS; i += 1) hash = primitives.sha512(concat(hash, identityKey));
  return Array.from({ length: CHUNKS }, (_, i) => digits(hash.subarray(i * CHUNK_BYTES))).join('');
}

function digits(bytes: Uint8Array): string {
  const value = Buffer.from(bytes.buffer, bytes.byteOffset, CHUNK_BYTES).readUIntBE(0, CHUNK_BYTES);
  return String(value % 10 ** CHUNK_DIGITS).padStart(CHUNK_DIGITS, '0');
}
