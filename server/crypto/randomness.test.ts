import { describe, expect, it } from 'vitest';
import { toHex } from './bytes.ts';
import { randomBytes } from './randomness.ts';

describe('random bytes from a stock', () => {
  it('come once: no two draws of many stocks are alike', () => {
    const draws = Array.from({ length: 1000 }, (_, index) => randomBytes(8 + (index % 57)));
    expect(new Set(draws.map((draw) => toHex(draw.subarray(0, 8)))).size).toBe(draws.length);
  });

  it('belong to whoever drew them', () => {
    const first = randomBytes(16);
    const kept = toHex(first);
    const second = randomBytes(16);
    second.fill(0);
    expect(toHex(first)).toBe(kept);
    expect(first.buffer.byteLength).toBe(16);
  });

  it('are as many as asked, at every edge of the stock', () => {
    for (const length of [0, 1, 64, 65, 1023, 1024, 1025, 65_536]) expect(randomBytes(length).length).toBe(length);
    expect(() => randomBytes(65_537)).toThrow('65536 bytes');
    expect(() => randomBytes(-1)).toThrow();
  });
});
