import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fold } from './fold.ts';

describe('folding', () => {
  it.each([
    ['Straße', 'strasse'],
    ['STRASSE', 'strasse'],
    ['İstanbul ışık', 'istanbul isik'],
    ['Ὀδυσσεύς ΟΔΟΣ', 'οδυσσευσ οδοσ'],
    ['Crème brûlée', 'creme brulee'],
    ['Ｆｕｌｌ ｗｉｄｔｈ ﬁ', 'full width fi'],
    ['مُحَمَّد كـــتاب أحمد', 'محمد كتاب احمد'],
    ['co\u00adop\u200bera\u2060te', 'cooperate'],
    ['it’s “quoted” – so', 'it\'s "quoted" - so'],
    ['two\r\nlines\tand\u2028more', 'two  lines and more'],
    ['', ''],
  ])('%s is %s', (text, folded) => {
    expect(fold(text)).toBe(folded);
  });

  it('is the same for a whole and for its parts, and once is enough', () => {
    const text = fc.string({ unit: 'binary', maxLength: 40 });
    fc.assert(
      fc.property(text, text, (first, second) => {
        expect(fold(first) + fold(second)).toBe(fold(first + second));
        expect(fold(fold(first))).toBe(fold(first));
      }),
      { numRuns: 2_000 },
    );
  });

  it('is the same in both forms of every code point that has two', () => {
    for (let code = 0x80; code <= 0x2fa1f; code += 1) {
      if (code === 0xd800) code = 0xe000;
      const character = String.fromCodePoint(code);
      const decomposed = character.normalize('NFD');
      if (decomposed !== character && fold(decomposed) !== fold(character)) expect.fail(code.toString(16));
      if (fold(fold(character)) !== fold(character)) expect.fail(`twice: ${code.toString(16)}`);
    }
  });
});
