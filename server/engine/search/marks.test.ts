import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fold } from './fold.ts';
import { markedParts } from './marks.ts';

const shown = (text: string, ...terms: string[]): string =>
  markedParts(text, terms.map(fold))
    .map((part) => (part.marked ? `[${part.text}]` : part.text))
    .join('');

describe('hits in a text', () => {
  it.each([
    ['Die Straße', ['strasse'], 'Die [Straße]'],
    ['Crème brûlée', ['brulee'], 'Crème [brûlée]'],
    ['Cre\u0300me', ['creme'], '[Cre\u0300me]'],
    ['👩‍👧 and tea, tea', ['tea'], '👩‍👧 and [tea], [tea]'],
    ['abcabc', ['bca', 'cab'], 'a[bcab]c'],
    ['ﬁne', ['f'], '[ﬁ]ne'],
    ['nothing', ['x'], 'nothing'],
  ])('%s by %s: %s', (text, terms, expected) => {
    expect(shown(text, ...terms)).toBe(expected);
  });

  it('shows the part around the first one', () => {
    const text = `${'a '.repeat(500)}needle${' b'.repeat(500)}`;
    const parts = markedParts(text, ['needle']);
    expect(parts[0]?.text).toBe('…');
    expect(parts.at(-1)?.text).toBe('…');
    expect(parts.filter((part) => part.marked)).toEqual([{ text: 'needle', marked: true }]);
    expect(parts.map((part) => part.text).join('').length).toBeLessThan(260);
  });

  it('finds its way in a long text of any script', () => {
    for (const filler of ['a ', 'ä ', '茶', '😀', 'e\u0301']) {
      const text = `${filler.repeat(40_000)}Néedle${filler.repeat(40_000)}`;
      const parts = markedParts(text, ['needle']);
      expect(parts.filter((part) => part.marked)).toEqual([{ text: 'Néedle', marked: true }]);
      expect([parts[0]?.text, parts.at(-1)?.text]).toEqual(['…', '…']);
      expect(parts[1]?.text.endsWith(filler)).toBe(true);
    }
  });

  it('never changes a short text, nor cuts a code point', () => {
    const unit = fc.constantFrom('a', 'ä', 'e\u0301', '😀', 'ﷺ', 'ß', '\u0301', ' ');
    const text = fc.string({ unit, maxLength: 40 });
    fc.assert(
      fc.property(text, fc.array(fc.string({ unit, minLength: 1, maxLength: 3 }), { maxLength: 3 }), (whole, terms) => {
        const folded = terms.map(fold).filter((term) => term !== '');
        const parts = markedParts(whole, folded);
        expect(parts.map((part) => part.text).join('')).toBe(whole);
        for (const part of parts) expect(part.text).not.toMatch(/^[\udc00-\udfff]|[\ud800-\udbff]$/);
        const marked = parts.filter((part) => part.marked).map((part) => fold(part.text));
        if (folded.some((term) => fold(whole).includes(term))) expect(marked.length).toBeGreaterThan(0);
      }),
    );
  });
});
