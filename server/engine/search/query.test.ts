import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isEmpty, parseQuery, QUERY_TERMS, TERM_LENGTH } from './query.ts';

describe('a search query', () => {
  it('has words and phrases, folded, the longest first', () => {
    expect(parseQuery(' Grüße "an Alle  hier" x').terms).toEqual(['an alle  hier', 'grusse', 'x']);
  });

  it('has operators, in any case and with quotes', () => {
    const query = parseQuery('FROM:Ann in:"Béa Lee" has:link after:2026-02 before:2026-12-24 tea');
    expect(query).toEqual({
      terms: ['tea'],
      from: ['ann'],
      in: ['bea lee'],
      has: ['link'],
      after: new Date(2026, 1, 1).getTime(),
      before: new Date(2026, 11, 24).getTime(),
    });
  });

  it('takes the narrower of two dates', () => {
    const { after, before } = parseQuery('after:2025 after:2026 before:2028 before:2027');
    expect([after, before]).toEqual([new Date(2026, 0, 1).getTime(), new Date(2027, 0, 1).getTime()]);
  });

  it.each(['has:everything', 'before:yesterday', 'after:2026-02-30', 'https://a.example/x', 'note:me', 'from:'])(
    'looks for %s as it was typed',
    (text) => {
      expect(parseQuery(text).terms).toEqual([text]);
    },
  );

  it('may lack its last quotation mark', () => {
    expect(parseQuery('"green tea').terms).toEqual(['green tea']);
    expect(parseQuery('in:"green tea').in).toEqual(['green tea']);
  });

  it.each(['', '   ', '""', '"  "', '\u0301', '\u200d'])('finds nothing by %j', (text) => {
    expect(isEmpty(parseQuery(text))).toBe(true);
  });

  it('keeps to its bounds', () => {
    const words = Array.from({ length: QUERY_TERMS + 1 }, (_, index) => `w${index}`).join(' ');
    expect(parseQuery(words).terms).toHaveLength(QUERY_TERMS);
    expect(parseQuery('y'.repeat(TERM_LENGTH + 1)).terms[0]).toHaveLength(TERM_LENGTH);
  });

  it('takes any text', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => parseQuery(text).terms.length <= QUERY_TERMS));
  });
});
