import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fuzzyScore } from './fuzzy.ts';

const best = (names: readonly string[], query: string): string | undefined =>
  names
    .flatMap((name) => {
      const score = fuzzyScore(name, query);
      return score === null ? [] : [{ name, score }];
    })
    .toSorted((a, b) => b.score - a.score)[0]?.name;

describe('fuzzyScore', () => {
  it('finds by letters in their order, and not by others', () => {
    expect(fuzzyScore('Settings', 'stng')).not.toBeNull();
    expect(fuzzyScore('Settings', 'gnts')).toBeNull();
    expect(fuzzyScore('Zoé Őry', 'zoe ory')).not.toBeNull();
    expect(fuzzyScore('Anything', '')).toBe(0);
  });

  it('takes words in any order', () => {
    expect(fuzzyScore('Search in this conversation', 'conv sea')).not.toBeNull();
    expect(fuzzyScore('Search in this conversation', 'conv xyz')).toBeNull();
  });

  it('prefers what begins so, then what stands as one piece, then the beginnings of words', () => {
    expect(best(['Roman', 'Anna Ost', 'Mary Ann'], 'ann')).toBe('Anna Ost');
    expect(best(['Add note or code', 'My contact code'], 'mcc')).toBe('My contact code');
    expect(best(['Mark as unread', 'Mute'], 'mu')).toBe('Mute');
    expect(best(['Carl-Heinz Müller', 'Chem lab'], 'chm')).toBe('Carl-Heinz Müller');
  });

  it('does not find what is spread over a name by chance', () => {
    expect(fuzzyScore('Next unread conversation, and older', 'needle')).toBeNull();
    expect(fuzzyScore('Previous part of the window', 'rain')).toBeNull();
  });

  it('finds each name by itself, and by the first letters of its words', () => {
    const word = fc.string({ unit: fc.constantFrom(...Array.from('abcdéß')), minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 5 }), (words) => {
        const name = words.join(' ');
        expect(fuzzyScore(name, name)).not.toBeNull();
        expect(fuzzyScore(name, words.map(([first]) => first).join(''))).not.toBeNull();
      }),
    );
  });
});
