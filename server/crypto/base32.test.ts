import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeBase32, parseBase32 } from './base32.ts';
import { utf8 } from './bytes.ts';

/** RFC 4648 §10, less the padding. */
const RFC_4648 = [
  ['', ''],
  ['f', 'MY'],
  ['fo', 'MZXQ'],
  ['foo', 'MZXW6'],
  ['foob', 'MZXW6YQ'],
  ['fooba', 'MZXW6YTB'],
  ['foobar', 'MZXW6YTBOI'],
] as const;

describe('base32', () => {
  it.each(RFC_4648)('RFC 4648 §10: %j is %s', (data, text) => {
    expect(encodeBase32(utf8(data))).toBe(text);
    expect(parseBase32(text)).toEqual(utf8(data));
    expect(parseBase32(text.toLowerCase())).toEqual(utf8(data));
  });

  it('gives back what went in, in either case', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const text = encodeBase32(bytes);
        expect(text).toMatch(/^[A-Z2-7]*$/);
        expect(text.length).toBe(Math.ceil((bytes.length * 8) / 5));
        expect(parseBase32(text)).toEqual(bytes);
        expect(parseBase32(text.toLowerCase())).toEqual(bytes);
      }),
      { seed: 2 },
    );
  });

  it('takes no text but the one it would write', () => {
    const letter = fc.constantFrom(...'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.split(''));
    fc.assert(
      fc.property(fc.string({ unit: letter, maxLength: 20 }), (text) => {
        const bytes = parseBase32(text);
        if (bytes) expect(encodeBase32(bytes)).toBe(text);
        // Of the 32 last characters, those whose low bits are not zero encode nothing: lengths 1, 3 and 6 have none.
        if ([1, 3, 6].includes(text.length % 8)) expect(bytes).toBeNull();
      }),
      { seed: 2, numRuns: 500 },
    );
  });

  it.each([
    ['bits left over', ['MZ', 'MZXR', 'MZXW7', 'MZXW6YR']],
    ['lengths that no bytes have', ['M', 'MZX', 'MZXW6Y', 'A', 'AAA', 'AAAAAA', 'AAAAAAAAA']],
    ['padding', ['MY======', 'MZXW6===']],
    ['white space', ['MZ XQ', ' MZXQ', 'MZXQ\n']],
    ['foreign characters', ['MZX0', 'MZX1', 'MZX8', 'MZX9', 'MZ-Q', 'M@XQ', 'M[XQ', 'M`XQ', 'M{XQ']],
    ['letters that only look like ours', ['M\u017fXQ', 'M\u212aXQ', '\uff2dZXQ', '\u{1d40c}ZX']],
  ])('refuses %s', (_, texts) => {
    for (const text of texts) expect(parseBase32(text)).toBeNull();
  });
});
