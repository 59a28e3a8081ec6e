// HMAC-SHA256 (RFC 2104) and HKDF-SHA256 (RFC 5869), as the one-shot SHA-256 of node:crypto they are made of. On Node 20,
// 22 and 26 that costs what createHmac costs or less; on Node 24, where every raw key given to createHmac costs 12 µs, an
// eighth. A ratchet step is made of these. It knows nothing of what the keys are for.
import { createHash, hash } from 'node:crypto';
import { concat, wipe } from './bytes.ts';
import { HKDF_MAX_LENGTH, SHA256_LENGTH, requireAtMost } from './lengths.ts';

/** The input block of SHA-256, RFC 2104's B. */
const BLOCK_LENGTH = 64;
/** Texts up to here are hashed in one call from `inner`; longer ones are not worth a copy. */
const ROOM = 448;

/** K ⊕ ipad ‖ text, and K ⊕ opad ‖ inner digest. Shared by all calls, since none is interrupted; zero between them. */
const inner = new Uint8Array(BLOCK_LENGTH + ROOM);
const outer = new Uint8Array(BLOCK_LENGTH + SHA256_LENGTH);

export function hmacSha256(key: Uint8Array, text: Uint8Array): Uint8Array {
  setPads(key.length > BLOCK_LENGTH ? hash('sha256', key, 'buffer') : key);
  outer.set(innerDigest(text), BLOCK_LENGTH);
  const mac = hash('sha256', outer, 'buffer');
  wipe(inner, outer);
  return new Uint8Array(mac.buffer, mac.byteOffset, mac.byteLength);
}

/** An empty salt is 32 zero bytes, which as an HMAC key are the same. @throws Error over 255 × 32 bytes. */
export function hkdfSha256(salt: Uint8Array, ikm: Uint8Array, info: Uint8Array, length: number): Uint8Array {
  requireAtMost(length, HKDF_MAX_LENGTH, 'HKDF output');
  const prk = hmacSha256(salt, ikm);
  const output = new Uint8Array(length);
  let block: Uint8Array = output.subarray(0, 0);
  for (let offset = 0, counter = 1; offset < length; offset += SHA256_LENGTH, counter += 1) {
    const text = concat(block, info, Uint8Array.of(counter));
    block = hmacSha256(prk, text);
    wipe(text);
    output.set(length - offset < SHA256_LENGTH ? block.subarray(0, length - offset) : block, offset);
  }
  wipe(prk, block);
  return output;
}

function setPads(key: Uint8Array): void {
  inner.fill(0x36, 0, BLOCK_LENGTH);
  outer.fill(0x5c, 0, BLOCK_LENGTH);
  let index = 0;
  for (const byte of key) {
    inner[index] = byte ^ 0x36;
    outer[index] = byte ^ 0x5c;
    index += 1;
  }
}

function innerDigest(text: Uint8Array): Uint8Array {
  if (text.length > ROOM) {
    return createHash('sha256').update(inner.subarray(0, BLOCK_LENGTH)).update(text).digest();
  }
  inner.set(text, BLOCK_LENGTH);
  return hash('sha256', inner.subarray(0, BLOCK_LENGTH + text.length), 'buffer');
}
