// Case and diacritic folding: texts as search compares them, so that "cafe" finds "Café" and "strasse" finds "Straße".
// Folding is done code point by code point, so a place in the folded text leads back to one in the original (marks.ts).

const ASCII = /^[\x20-\x7e]*$/;

/** Combining marks and what is invisible: joiners, direction marks, soft hyphens, variation selectors, tatweel. */
const DROPPED = /[\p{M}\p{Cf}\u0640]/gu;

/** What lower-casing leaves apart, though people type one for the other. */
const ALIKE = new Map([
  ['ß', 'ss'],
  ['ı', 'i'],
  ['ς', 'σ'],
  ['ø', 'o'],
  ['ł', 'l'],
  ['đ', 'd'],
  ['‘', "'"],
  ['’', "'"],
  ['‚', "'"],
  ['“', '"'],
  ['”', '"'],
  ['„', '"'],
  ['‐', '-'],
  ['–', '-'],
  ['—', '-'],
]);
const ALIKE_ANY = new RegExp(`[${[...ALIKE.keys()].join('')}]`, 'gu');

/** Line ends and other controls: one entry of the index is one line of it. */
const BREAKS = /[\p{Cc}\u2028\u2029]/gu;

/**
 * NFKD (Unicode Standard Annex #15), marks removed, lower case without regard to language, breaks as spaces.
 * `fold(a + b) === fold(a) + fold(b)` wherever the cut is between code points.
 */
export function fold(text: string): string {
  if (ASCII.test(text)) return text.toLowerCase();
  return text
    .normalize('NFKD')
    .replace(DROPPED, '')
    .replaceAll('Σ', 'σ')
    .toLowerCase()
    .replace(ALIKE_ANY, (character) => ALIKE.get(character) ?? character)
    .replace(BREAKS, ' ');
}
