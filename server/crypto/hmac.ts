// HMAC-SHA256 (RFC 2104) and HKDF-SHA256 (RFC 5869). What a ratchet step hashes is a block long at most: that stays in
// JavaScript (sha256-block.ts), in half the time of node:crypto on any Node, and leaves no secret in a buffer that is not
// wiped. Longer texts go to OpenSSL in one call. It knows nothing of what the keys are for.
import { hash } from 'node:crypto';
import { concat, wipe } from './bytes.ts';
import { HKDF_MAX_LENGTH, SHA256_LENGTH, requireAtMost } from './lengths.ts';
import { compress, INITIAL_STATE, SCHEDULE_LENGTH, type HashState } from './sha256-block.ts';

/** The input block of SHA-256, RFC 2104's B. */
const BLOCK_LENGTH = 64;
/** What leaves room in one block for the end mark and the length, FIPS 180-4 §5.1.1. */
const SHORT = BLOCK_LENGTH - 9;
const STATE_WORDS = 8;
const IPAD = 0x36;
const OPAD = 0x5c;

/** Shared by all calls, since none is interrupted; zero between them. */
const secrets = new ArrayBuffer(BLOCK_LENGTH + 4 * SCHEDULE_LENGTH + 2 * SHA256_LENGTH);
const all = new Uint8Array(secrets);
const block = new Uint8Array(secrets, 0, BLOCK_LENGTH);
const blockView = new DataView(secrets, 0, BLOCK_LENGTH);
const words = new Int32Array(secrets, BLOCK_LENGTH, SCHEDULE_LENGTH) as HashState;
/** The states after K ⊕ ipad and K ⊕ opad. */
const inner = new Int32Array(secrets, BLOCK_LENGTH + 4 * SCHEDULE_LENGTH, STATE_WORDS) as HashState;
const outer = new Int32Array(secrets, BLOCK_LENGTH + 4 * SCHEDULE_LENGTH + SHA256_LENGTH, STATE_WORDS) as HashState;

export function hmacSha256(key: Uint8Array, text: Uint8Array): Uint8Array {
  if (key.length > BLOCK_LENGTH || text.length > SHORT) return longHmac(key, text);
  setKey(key);
  const mac = macOf(text);
  all.fill(0);
  return mac;
}

/** The MACs of two texts under one key, for three quarters of their cost one by one. */
export function hmacSha256Pair(key: Uint8Array, one: Uint8Array, other: Uint8Array): [Uint8Array, Uint8Array] {
  if (key.length > BLOCK_LENGTH || Math.max(one.length, other.length) > SHORT) {
    return [longHmac(key, one), longHmac(key, other)];
  }
  setKey(key);
  const macs: [Uint8Array, Uint8Array] = [macOf(one), macOf(other)];
  all.fill(0);
  return macs;
}

/** An empty salt is 32 zero bytes, which as an HMAC key are the same. @throws Error over 255 × 32 bytes. */
export function hkdfSha256(salt: Uint8Array, ikm: Uint8Array, info: Uint8Array, length: number): Uint8Array {
  requireAtMost(length, HKDF_MAX_LENGTH, 'HKDF output');
  const prk = hmacSha256(salt, ikm);
  const output = new Uint8Array(length);
  if (SHA256_LENGTH + info.length + 1 <= SHORT) expand(prk, info, output);
  else longExpand(prk, info, output);
  wipe(prk);
  return output;
}

function expand(prk: Uint8Array, info: Uint8Array, output: Uint8Array): void {
  setKey(prk);
  for (let offset = 0, counter = 1; offset < output.length; offset += SHA256_LENGTH, counter += 1) {
    // T(0) is empty, RFC 5869 §2.3; of every other T, the block still has the one before it.
    const start = counter === 1 ? 0 : SHA256_LENGTH;
    block.set(info, start);
    block[start + info.length] = counter;
    replaceByMac(start + info.length + 1);
    const left = Math.min(output.length - offset, SHA256_LENGTH);
    for (let index = 0; index < left; index += 1) output[offset + index] = block[index] ?? 0;
  }
  all.fill(0);
}

/** Any number of texts may follow, then the end: `all` to zero. */
function setKey(key: Uint8Array): void {
  block.set(key);
  readBlock(IPAD * 0x01010101);
  compress(INITIAL_STATE, words, inner);
  readBlock(OPAD * 0x01010101);
  compress(INITIAL_STATE, words, outer);
  block.fill(0);
}

function macOf(text: Uint8Array): Uint8Array {
  block.set(text);
  replaceByMac(text.length);
  const mac = block.slice(0, SHA256_LENGTH);
  block.fill(0);
  return mac;
}

/** The text in the block, `length` bytes and zeros, becomes its MAC, 32 bytes and zeros. */
function replaceByMac(length: number): void {
  block[length] = 0x80;
  readBlock(0);
  words[15] = (BLOCK_LENGTH + length) * 8;
  compress(inner, words, words);
  words[STATE_WORDS] = 0x80000000;
  for (let index = STATE_WORDS + 1; index < 15; index += 1) words[index] = 0;
  words[15] = (BLOCK_LENGTH + SHA256_LENGTH) * 8;
  compress(outer, words, words);
  for (let index = 0; index < STATE_WORDS; index += 1) {
    blockView.setInt32(4 * index, words[index] ?? 0);
    blockView.setInt32(4 * (STATE_WORDS + index), 0);
  }
}

function readBlock(mask: number): void {
  for (let index = 0; index < 16; index += 1) words[index] = blockView.getInt32(4 * index) ^ mask;
}

function longHmac(key: Uint8Array, text: Uint8Array): Uint8Array {
  const padded = new Uint8Array(BLOCK_LENGTH);
  padded.set(key.length > BLOCK_LENGTH ? hash('sha256', key, 'buffer') : key);
  const innerDigest = hashUnder(padded, IPAD, text);
  const mac = hashUnder(padded, OPAD, innerDigest);
  wipe(padded, innerDigest);
  return new Uint8Array(mac.buffer, mac.byteOffset, mac.byteLength);
}

function hashUnder(paddedKey: Uint8Array, pad: number, text: Uint8Array): Buffer {
  const input = concat(paddedKey, text);
  for (let index = 0; index < BLOCK_LENGTH; index += 1) input[index] = (input[index] ?? 0) ^ pad;
  const hashed = hash('sha256', input, 'buffer');
  wipe(input);
  return hashed;
}

function longExpand(prk: Uint8Array, info: Uint8Array, output: Uint8Array): void {
  const text = new Uint8Array(SHA256_LENGTH + info.length + 1);
  text.set(info, SHA256_LENGTH);
  for (let offset = 0, counter = 1; offset < output.length; offset += SHA256_LENGTH, counter += 1) {
    text[text.length - 1] = counter;
    const mac = hmacSha256(prk, counter === 1 ? text.subarray(SHA256_LENGTH) : text);
    text.set(mac);
    output.set(mac.subarray(0, output.length - offset), offset);
    wipe(mac);
  }
  wipe(text);
}
