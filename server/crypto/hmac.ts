// HMAC-SHA256 (RFC 2104) and HKDF-SHA256 (RFC 5869) by libsodium, whose extract step is an HMAC: a ratchet step is made of
// short ones, for which a call into OpenSSL costs more than hashing does. Long texts go there. It knows nothing of what
// the keys are for.
import { createHmac } from 'node:crypto';
import { concat, wipe } from './bytes.ts';
import { HKDF_MAX_LENGTH, SHA256_LENGTH, requireAtMost } from './lengths.ts';
import { sodium } from './sodium.ts';

/** Up to here a key, a text or an output has room in the place below (measured: the crossing is at some kilobytes). */
const ROOM = 1024;

/** Pseudorandom key or MAC ‖ key or salt ‖ text or info ‖ output; zero between calls. */
const MAC = sodium._malloc(SHA256_LENGTH + 3 * ROOM);
const KEY = MAC + SHA256_LENGTH;

export function hmacSha256(key: Uint8Array, text: Uint8Array): Uint8Array {
  if (key.length > ROOM || text.length > ROOM) return plain(createHmac('sha256', key).update(text).digest());
  const end = extract(key, text);
  const mac = sodium.HEAPU8.slice(MAC, KEY);
  sodium.HEAPU8.fill(0, MAC, end);
  return mac;
}

/** An empty salt is 32 zero bytes, which as an HMAC key are the same. @throws Error over 255 × 32 bytes. */
export function hkdfSha256(salt: Uint8Array, ikm: Uint8Array, info: Uint8Array, length: number): Uint8Array {
  requireAtMost(length, HKDF_MAX_LENGTH, 'HKDF output');
  if (Math.max(salt.length, ikm.length, info.length, length) > ROOM) {
    return longHkdf(salt, ikm, info, length);
  }
  const extracted = extract(salt, ikm);
  const memory = sodium.HEAPU8;
  memory.set(info, KEY);
  const output = KEY + info.length;
  const end = output + length;
  sodium._crypto_kdf_hkdf_sha256_expand(output, length, KEY, info.length, MAC);
  const derived = memory.slice(output, end);
  memory.fill(0, MAC, Math.max(extracted, end));
  return derived;
}

/** HMAC(key, text) into its place. @returns the end of what was written. */
function extract(key: Uint8Array, text: Uint8Array): number {
  const memory = sodium.HEAPU8;
  const at = KEY + key.length;
  memory.set(key, KEY);
  memory.set(text, at);
  sodium._crypto_kdf_hkdf_sha256_extract(MAC, KEY, key.length, at, text.length);
  return at + text.length;
}

/** RFC 5869 §2.2 and §2.3, one HMAC after the other. */
function longHkdf(salt: Uint8Array, ikm: Uint8Array, info: Uint8Array, length: number): Uint8Array {
  const prk = hmacSha256(salt, ikm);
  const output = new Uint8Array(length);
  let block = new Uint8Array(0);
  for (let offset = 0, counter = 1; offset < length; offset += SHA256_LENGTH, counter += 1) {
    const text = concat(block, info, Uint8Array.of(counter));
    wipe(block);
    block = new Uint8Array(hmacSha256(prk, text));
    output.set(block.subarray(0, length - offset), offset);
    wipe(text);
  }
  wipe(prk, block);
  return output;
}

function plain(buffer: Buffer): Uint8Array {
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength);
}
