// HMAC-SHA256 (RFC 2104) and HKDF-SHA256 (RFC 5869), as the one-shot SHA-256 of node:crypto they are made of. On Node 20,
// 22 and 26 that costs what createHmac costs or less; on Node 24, where every raw key given to createHmac costs 12 µs, an
// eighth. A ratchet step is made of these. It knows nothing of what the keys are for.
import { createHash, hash } from 'node:crypto';
import { wipe } from './bytes.ts';
import { HKDF_MAX_LENGTH, SHA256_LENGTH, requireAtMost } from './lengths.ts';

/** The input block of SHA-256, RFC 2104's B. */
const BLOCK_LENGTH = 64;
/** Texts up to here are hashed in one call from `inner`; longer ones are not worth a copy. */
const ROOM = 448;

/** K ⊕ ipad ‖ text, and K ⊕ opad ‖ inner digest. Shared by all calls, since none is interrupted; zero between them. */
const inner = new Uint8Array(BLOCK_LENGTH + ROOM);
const outer = new Uint8Array(BLOCK_LENGTH + SHA256_LENGTH);
const innerPad = inner.subarray(0, BLOCK_LENGTH);

export function hmacSha256(key: Uint8Array, text: Uint8Array): Uint8Array {
  setKey(key);
  const mac = macOf(text);
  clear(text.length);
  return mac;
}

/** An empty salt is 32 zero bytes, which as an HMAC key are the same. @throws Error over 255 × 32 bytes. */
export function hkdfSha256(salt: Uint8Array, ikm: Uint8Array, info: Uint8Array, length: number): Uint8Array {
  requireAtMost(length, HKDF_MAX_LENGTH, 'HKDF output');
  const prk = hmacSha256(salt, ikm);
  const output = new Uint8Array(length);
  const text = new Uint8Array(SHA256_LENGTH + info.length + 1);
  text.set(info, SHA256_LENGTH);
  setKey(prk);
  for (let offset = 0, counter = 1; offset < length; offset += SHA256_LENGTH, counter += 1) {
    text[text.length - 1] = counter;
    // T(0) is empty, RFC 5869 §2.3.
    const block = macOf(counter === 1 ? text.subarray(SHA256_LENGTH) : text);
    text.set(block);
    output.set(length - offset < SHA256_LENGTH ? block.subarray(0, length - offset) : block, offset);
    wipe(block);
  }
  clear(text.length);
  wipe(prk, text);
  return output;
}

/** Both pads: any number of `macOf` may follow, then `clear`. */
function setKey(key: Uint8Array): void {
  const block = key.length > BLOCK_LENGTH ? hash('sha256', key, 'buffer') : key;
  const { length } = block;
  for (let index = 0; index < BLOCK_LENGTH; index += 1) {
    const byte = index < length ? (block[index] ?? 0) : 0;
    inner[index] = byte ^ 0x36;
    outer[index] = byte ^ 0x5c;
  }
}

function macOf(text: Uint8Array): Uint8Array {
  const digest = innerDigest(text);
  outer.set(digest, BLOCK_LENGTH);
  wipe(digest);
  const mac = hash('sha256', outer, 'buffer');
  return new Uint8Array(mac.buffer, mac.byteOffset, mac.byteLength);
}

function innerDigest(text: Uint8Array): Uint8Array {
  if (text.length > ROOM) return createHash('sha256').update(innerPad).update(text).digest();
  inner.set(text, BLOCK_LENGTH);
  return hash('sha256', inner.subarray(0, BLOCK_LENGTH + text.length), 'buffer');
}

/** @param longest of the texts since `setKey`. */
function clear(longest: number): void {
  inner.fill(0, 0, BLOCK_LENGTH + Math.min(longest, ROOM));
  outer.fill(0);
}
