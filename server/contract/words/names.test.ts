import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NAME_BYTES } from '../limits.ts';
import { cutName, isBlankName, nameFits, tidyName } from './names.ts';

const bytes = (text: string): number => Buffer.byteLength(text);
const family = '👩‍👩‍👧‍👦';

describe('a name', () => {
  it.each([
    ['Latin', 'a'],
    ['Latin with accents on accents', 'ế'],
    ['Greek', 'ᾧ'],
    ['Tamil', 'நி'],
    ['Devanagari', 'र्कि'],
    ['Malayalam', 'ക്ഷി'],
    ['Thai', 'ที่'],
    ['Khmer', 'ក្តី'],
    ['Burmese', 'ကြို'],
    ['Tibetan', 'སྒྲུ'],
    ['Hebrew with points', 'שָּׁ'],
    ['Arabic with marks', 'مَّ'],
    ['Hangul', '각'],
    ['Han beyond the basic plane', '𠮷'],
    ['Adlam', '𞤀𞥄'],
  ])('of 40 characters in %s fits, and is not cut', (_, character) => {
    const name = character.repeat(40);
    expect(nameFits(tidyName(name))).toBe(true);
    expect(cutName(tidyName(name))).toBe(tidyName(name));
  });

  it('fits up to 64 characters and 512 bytes', () => {
    expect(nameFits('ü'.repeat(64))).toBe(true);
    expect(nameFits('ü'.repeat(65))).toBe(false);
    expect(nameFits(family.repeat(20))).toBe(true);
    expect(nameFits(family.repeat(21))).toBe(false);
    expect([cutName('ü'.repeat(65)), cutName(family.repeat(21))]).toEqual(['ü'.repeat(64), family.repeat(20)]);
  });

  it('has 30 marks in a row, and not one more', () => {
    const marks = '\u0316'.repeat(30);
    expect([nameFits(`o${marks}`), nameFits(`o${marks}\u0316`)]).toEqual([true, false]);
    expect(cutName(`o${'\u0316'.repeat(1000)}p`)).toBe(`o${marks}p`);
  });

  it('of one endless character is cut within it', () => {
    const chain = Array.from({ length: 1000 }, () => '👩').join('\u200d');
    const cut = cutName(chain);
    expect(chain.startsWith(cut)).toBe(true);
    expect(bytes(cut)).toBeGreaterThan(NAME_BYTES - 8);
  });

  it('is blank when nothing of it can be seen', () => {
    expect(['', '\u200b', '\u00ad \u2066', '\u3164'].map(isBlankName)).toEqual([true, true, true, true]);
    expect(isBlankName('a\u200b')).toBe(false);
  });

  it('fits once it is cut, to whatever bytes, and stays in NFC', () => {
    const nasty = fc.constantFrom('\u0301', '\u200d', '👩', 'நி', '\u1100', '\u1161', '\u11a8', ' ', '\u202e', 'é');
    const name = fc.array(fc.oneof(nasty, fc.string({ unit: 'binary' }))).map((pieces) => tidyName(pieces.join('')));
    fc.assert(
      fc.property(name, fc.integer({ min: 4, max: NAME_BYTES }), (text, most) => {
        const cut = cutName(text, most);
        expect(bytes(cut)).toBeLessThanOrEqual(most);
        expect(nameFits(cut)).toBe(true);
        expect(cut.normalize('NFC')).toBe(cut);
      }),
      { seed: 14, numRuns: 2000 },
    );
  });
});
