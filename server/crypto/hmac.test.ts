// Beyond the vectors of primitives.test.ts: the lengths at which this module changes its way.
import { createHmac, hkdfSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../testing/seeded-random.ts';
import { toHex } from './bytes.ts';
import { hkdfSha256, hmacSha256 } from './hmac.ts';

const random = seededRandom('hmac');
const KEYS = [0, 1, 31, 32, 33, 63, 64, 65, 128, 1024, 1025];
const TEXTS = [0, 1, 22, 23, 32, 54, 55, 56, 63, 64, 65, 448, 1024, 1025, 5000];

describe('HMAC-SHA256', () => {
  it.each(KEYS)('with a key of %i bytes', (length) => {
    for (const size of TEXTS) {
      const [key, text] = [random(length), random(size)];
      expect(toHex(hmacSha256(key, text))).toBe(createHmac('sha256', key).update(text).digest('hex'));
    }
  });

  it('leaves its inputs alone, and nothing of one call in the next', () => {
    const [key, text] = [random(64), random(448)];
    const before = [toHex(key), toHex(text)];
    const mac = hmacSha256(key, text);
    const kept = toHex(mac);
    const short = hmacSha256(random(3), random(3));
    expect([toHex(key), toHex(text)]).toEqual(before);
    expect(toHex(mac)).toBe(kept);
    expect(toHex(short)).not.toBe(kept);
    expect(toHex(hmacSha256(key, text))).toBe(kept);
  });
});

describe('HKDF-SHA256', () => {
  it.each(TEXTS.filter((size) => size <= 1024))('with an info of %i bytes', (size) => {
    for (const length of [1, 31, 32, 33, 64, 96, 8160]) {
      const [salt, ikm, info] = [random(16), random(32), random(size)];
      const expected = Buffer.from(hkdfSync('sha256', ikm, salt, info, length)).toString('hex');
      expect(toHex(hkdfSha256(salt, ikm, info, length))).toBe(expected);
    }
  });
});
