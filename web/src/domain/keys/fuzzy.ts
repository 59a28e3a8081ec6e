// Finds names by some of their letters in their order, as palettes do: `stng` finds *Settings*. Case and marks are folded.
import { foldText } from '../names.ts';

/** Of one letter: it begins a word, or follows the one before. */
const WORD = 8;
const JOINED = 5;
/** Of a name that begins so, or is it. */
const BEGINS = 20;
/** A letter of a word that fits in parts scores this much on average, or it is by chance that it is there. */
const MEANT = 2;

/**
 * How well `name` fits one word.
 * @param name folded. @returns null: not at all; the larger the better.
 */
function scoreWord(name: string, word: string): number | null {
  const score = wholeScore(name, word) ?? walk(name, word, nextWord) ?? walk(name, word, () => null);
  return score !== null && score >= MEANT * word.length ? score : null;
}

/** Letter by letter. @param leap to a better place than the next one, if there is any. */
function walk(name: string, word: string, leap: typeof nextWord): number | null {
  let score = 0;
  let from = 0;
  for (const letter of word) {
    const joined = name.startsWith(letter, from);
    const at = joined ? from : (leap(name, letter, from) ?? name.indexOf(letter, from));
    if (at < 0) return null;
    score += joined ? JOINED : startsWord(name, at) ? WORD : -1;
    from = at + letter.length;
  }
  return score;
}

/** As one piece it is better than in parts. */
function wholeScore(name: string, word: string): number | null {
  const at = name.indexOf(word);
  if (at < 0) return null;
  const begins = name.startsWith(word) ? BEGINS : ` ${name}`.includes(` ${word}`) ? WORD : 0;
  return word.length * WORD + begins - name.length / 100;
}

function startsWord(name: string, at: number): boolean {
  return at === 0 || /[\s\p{P}]/u.test(name[at - 1] ?? '');
}

/** Where the next word begins with `letter`. */
function nextWord(name: string, letter: string, from: number): number | null {
  for (let at = name.indexOf(letter, from); at >= 0; at = name.indexOf(letter, at + 1))
    if (startsWord(name, at)) return at;
  return null;
}

/** @returns null: a word of `query` is not in it; the larger the better. Each word counts by itself, in any order. */
export function fuzzyScore(name: string, query: string): number | null {
  const folded = foldText(name);
  let sum = 0;
  for (const word of foldText(query).split(/\s+/u).filter(Boolean)) {
    const score = scoreWord(folded, word);
    if (score === null) return null;
    sum += score;
  }
  return sum;
}
