import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  compare,
  concat,
  equal,
  fromHex,
  isZero,
  readU16,
  readU32,
  toHex,
  u16,
  u32,
  u64,
  utf8,
  wipe,
} from './bytes.ts';

const bytes = fc.uint8Array({ maxLength: 40 });

describe('byte arrays', () => {
  it('are joined, compared and ordered', () => {
    fc.assert(
      fc.property(bytes, bytes, (a, b) => {
        expect([...concat(a, b)]).toEqual([...a, ...b]);
        expect(equal(a, Uint8Array.from(a))).toBe(true);
        expect(equal(a, b)).toBe(toHex(a) === toHex(b));
        // Two hex digits a byte sort as the bytes do.
        expect(Math.sign(compare(a, b))).toBe(toHex(a) < toHex(b) ? -1 : toHex(a) > toHex(b) ? 1 : 0);
      }),
      { seed: 2 },
    );
    expect(concat()).toEqual(new Uint8Array(0));
    expect(equal(new Uint8Array(1), new Uint8Array(2))).toBe(false);
  });

  it('are wiped in place', () => {
    const [a, b] = [Uint8Array.of(1, 2), Uint8Array.of(3)];
    wipe(a, b);
    expect([isZero(a), isZero(b)]).toEqual([true, true]);
    expect(isZero(Uint8Array.of(0, 0, 128))).toBe(false);
    expect(isZero(new Uint8Array(0))).toBe(true);
  });

  it('hold integers in network order', () => {
    expect(u16(0x1234)).toEqual(Uint8Array.of(0x12, 0x34));
    expect(u32(0x89abcdef)).toEqual(Uint8Array.of(0x89, 0xab, 0xcd, 0xef));
    expect(u64(0x89abcdef)).toEqual(Uint8Array.of(0, 0, 0, 0, 0x89, 0xab, 0xcd, 0xef));
    expect(u64(Number.MAX_SAFE_INTEGER)).toEqual(Uint8Array.of(0, 0x1f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff));
    fc.assert(
      fc.property(fc.nat({ max: 0xffff }), fc.nat({ max: 0xffffffff }), (small, large) => {
        const written = concat(Uint8Array.of(9), u16(small), u32(large)).subarray(1);
        expect(readU16(written, 0)).toBe(small);
        expect(readU32(written, 2)).toBe(large);
      }),
      { seed: 2 },
    );
    expect(() => readU32(new Uint8Array(5), 2)).toThrow(RangeError);
  });

  it('are hexadecimal and text', () => {
    fc.assert(
      fc.property(bytes, (a) => {
        expect(fromHex(toHex(a))).toEqual(a);
        expect(fromHex(toHex(a).toUpperCase())).toEqual(a);
      }),
      { seed: 2 },
    );
    for (const text of ['0', '0g', ' 00', '00 ', '0x00']) expect(() => fromHex(text)).toThrow('hexadecimal');
    expect(utf8('é')).toEqual(Uint8Array.of(0xc3, 0xa9));
  });
});
