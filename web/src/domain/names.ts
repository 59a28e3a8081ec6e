// Names come from other people: what could hide or reorder their characters is spelled out.

export interface NamePart {
  readonly text: string;
  /** A character that would be invisible, or change the order of the others, as its code point. */
  readonly spelled: boolean;
}

// Control and format characters, line and paragraph separators, private use, lone surrogates, invisible fillers.
// U+200D joins emoji and scripts; between two visible characters it stays (see below).
const hidden = /\p{Cc}|\p{Cf}|\p{Co}|\p{Cs}|[\u2028\u2029\u115f\u1160\u3164\uffa0\u2800]|\u034f|\u17b4|\u17b5/u;
// What a badge looks like stands beside a name, and never in it.
const badge = /[✓✔✅☑🗸🗹⍻√🮱ꪜ🛡⛨🔒🔐🔏]/u;
const joiner = '\u200d';
const joinable = /(?:\p{Extended_Pictographic}|\p{Emoji_Modifier}|\ufe0f)$/u;

function spell(character: string): string {
  return `⟨U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}⟩`;
}

/** The name in runs of visible text and spelled-out characters. */
export function splitName(name: string): readonly NamePart[] {
  const parts: { text: string; spelled: boolean }[] = [];
  const characters = Array.from(name);
  for (const [at, character] of characters.entries()) {
    const joins =
      character === joiner &&
      joinable.test(characters[at - 1] ?? '') &&
      /\p{Extended_Pictographic}/u.test(characters[at + 1] ?? '');
    const spelled = (hidden.test(character) && !joins) || badge.test(character);
    const last = parts.at(-1);
    if (last?.spelled === spelled) last.text += spelled ? spell(character) : character;
    else parts.push({ text: spelled ? spell(character) : character, spelled });
  }
  return parts;
}

/** The same as one string, for labels. */
export function plainName(name: string): string {
  return splitName(name)
    .map((part) => part.text)
    .join('');
}

/** The same inside a sentence: its direction does not reorder the words around it. */
export function isolateName(name: string): string {
  return `\u2068${plainName(name)}\u2069`;
}

const graphemes = new Intl.Segmenter();

/** For an avatar: the emoji that a name begins with, whole, or one or two letters. */
export function initials(name: string): string {
  const words = splitName(name)
    .filter((part) => !part.spelled)
    .map((part) => part.text)
    .join('')
    .split(/[\s._-]+/u)
    .filter((word) => /[\p{L}\p{N}\p{Extended_Pictographic}\p{Regional_Indicator}]/u.test(word));
  const firsts = [words[0], words.length > 1 ? words.at(-1) : undefined].map(firstOf);
  if (isPicture(firsts[0] ?? '')) return firsts[0] ?? '';
  return (
    firsts
      .filter((first) => !isPicture(first))
      .join('')
      .toLocaleUpperCase() || '?'
  );
}

/** The first letter, digit or emoji of a word. */
function firstOf(word = ''): string {
  for (const { segment } of graphemes.segment(word)) {
    if (isPicture(segment)) return segment;
    const letter = /\p{L}|\p{N}/u.exec(segment)?.[0];
    if (letter !== undefined) return letter;
  }
  return '';
}

function isPicture(segment: string): boolean {
  return /[\p{Extended_Pictographic}\p{Regional_Indicator}]/u.test(segment);
}

/** The beginning of a public key, to tell two people of one name apart. */
export function keyTag(publicKey: string): string {
  return `${publicKey.slice(0, 4)} ${publicKey.slice(4, 8)}`;
}

/**
 * A pattern on a 5 × 5 grid, mirrored like a face, from a public key in hex: which cells are filled, by column and row.
 */
export function patternOf(publicKey: string): readonly (readonly [number, number])[] {
  const bits = Number.parseInt(publicKey.slice(4, 8), 16) || 0;
  const half = Array.from({ length: 15 }, (_, at) => [at % 3, Math.floor(at / 3)] as const);
  const filled = half.filter((_, at) => ((bits >> at) & 1) === 1);
  return filled.flatMap(([x, y]) => (x === 2 ? [[x, y] as const] : [[x, y] as const, [4 - x, y] as const]));
}

/** A hue in degrees from a public key in hex: the same person has the same colour everywhere. */
export function hueOf(publicKey: string): number {
  return Math.round((Number.parseInt(publicKey.slice(0, 4), 16) / 0xffff) * 360) || 0;
}

/** For searching: without case and accents. */
export function foldText(text: string): string {
  return text.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLocaleLowerCase();
}

/** Whether `text` holds every word of `query`, in whatever case and accents; a query without words is held by all. */
export function holdsWords(text: string, query: string): boolean {
  const folded = foldText(text);
  return foldText(query)
    .split(/\s+/u)
    .every((word) => folded.includes(word));
}

const encoder = new TextEncoder();

/** Length as UTF-8, in bytes. */
export function byteLength(text: string): number {
  return encoder.encode(text).length;
}
