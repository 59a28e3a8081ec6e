import { describe, expect, it } from 'vitest';
import { phraseWords } from './phrase-words.ts';

describe('the words of a phrase', () => {
  it.each([
    ['', []],
    [' \n ', []],
    ['abandon  Ability\nABLE', ['abandon', 'ability', 'able']],
    [' 1 abandon  2 ability 3 able', ['abandon', 'ability', 'able']],
    ['1. abandon\n2.ability\n 3) able', ['abandon', 'ability', 'able']],
    ['abandon, ability; able.', ['abandon', 'ability', 'able']],
  ])('are found in “%s”', (text, words) => {
    expect(phraseWords(text)).toEqual(words);
  });

  it('keep their place when they are misspelt', () => {
    expect(phraseWords('ab4ndon abil-ity able')).toEqual(['ab4ndon', 'abil-ity', 'able']);
  });
});
