// Emoji: found by words, and in the skin tone that a person has chosen (UTS #51 §2.4).

export interface Emoji {
  readonly char: string;
  readonly name: string;
  /** What it is found by, in lower case, the name first. */
  readonly words: string;
  /** Whether it comes in skin tones. */
  readonly toned: boolean;
}

export interface EmojiGroup {
  readonly name: string;
  readonly key: string;
  readonly emoji: readonly Emoji[];
}

/** None, and the five of Fitzpatrick's scale. */
export const TONES = ['', '\u{1F3FB}', '\u{1F3FC}', '\u{1F3FD}', '\u{1F3FE}', '\u{1F3FF}'] as const;
export type Tone = (typeof TONES)[number];

const HANDSHAKE = '\u{1F91D}';
const JOINER = '\u{200D}';

/** The emoji in a skin tone; as it is when it comes in none. */
export function inTone({ char, toned }: Pick<Emoji, 'char' | 'toned'>, tone: Tone): string {
  if (tone === '' || !toned) return char;
  const parts = char.split(JOINER);
  // Between two people who hold hands, the hands themselves have no tone of their own.
  return parts.map((part) => (part === HANDSHAKE && parts.length > 1 ? part : tonedPart(part, tone))).join(JOINER);
}

function tonedPart(part: string, tone: Tone): string {
  return part.replace(/^(\p{Emoji_Modifier_Base})\uFE0F?/u, `$1${tone}`);
}

/** @returns those that have each word of `query` as the beginning of one of theirs, those named so first. */
export function findEmoji(groups: readonly EmojiGroup[], query: string): readonly Emoji[] {
  const wanted = query.toLowerCase().split(/\s+/u).filter(Boolean);
  const all = groups.flatMap(({ emoji }) => emoji);
  const found = all.filter(({ words }) => wanted.every((word) => ` ${words}`.includes(` ${word}`)));
  return found.toSorted((a, b) => rank(a, wanted) - rank(b, wanted));
}

function rank({ name }: Emoji, [first = '']: readonly string[]): number {
  if (name.startsWith(first)) return 0;
  return ` ${name}`.includes(` ${first}`) ? 1 : 2;
}

/** Two letters are the least that say something; an address or the time of day is no emoji. */
const BEGUN = /(?:^|[\s(])(:(?=[\p{L}+-])[\p{L}\p{N}_+-]{2,32})$/u;

/** @returns what is typed of an emoji's name behind a colon at the end of `text`, without the colon; null: nothing. */
export function begunEmoji(text: string): string | null {
  return BEGUN.exec(text.slice(-48))?.[1]?.slice(1) ?? null;
}
