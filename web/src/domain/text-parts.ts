// Cuts a message text into plain runs and links. Everything is shown as text; only https: and mailto: become links.

export type TextPart =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'link'; readonly text: string; readonly href: string };

/** No address is this long by accident; longer ones stay text. */
const LINK_LENGTH = 2048;
/** Enough for any real text; a wall of links stays readable as text. */
const LINKS = 200;

const candidate = /\b(?:https:\/\/|mailto:)[^\s<>"'`\u200b-\u200f\u202a-\u202e\u2066-\u2069]+/giu;
const closers: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' };

function count(text: string, character: string): number {
  return text.split(character).length - 1;
}

/** Leaves out the punctuation that ends a sentence, or closes a bracket opened before the address. */
function trimEnd(text: string): string {
  let end = text.length;
  while (end > 0) {
    const last = text[end - 1] ?? '';
    const opener = closers[last];
    const left = text.slice(0, end);
    const unbalanced = opener !== undefined && count(left, last) > count(left, opener);
    if (!unbalanced && !'.,;:!?…'.includes(last)) break;
    end -= 1;
  }
  return text.slice(0, end);
}

function parseHref(text: string): string | null {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    return null;
  }
  if (url.protocol === 'mailto:') return url.pathname.includes('@') ? url.href : null;
  // A user name in front of the host is how one site is made to look like another.
  const plain = url.protocol === 'https:' && url.hostname !== '' && url.username === '' && url.password === '';
  return plain ? url.href : null;
}

/** The parts joined give exactly `text` again. */
export function splitText(text: string): readonly TextPart[] {
  const parts: TextPart[] = [];
  let from = 0;
  let links = 0;
  for (const match of text.matchAll(candidate)) {
    if (match[0].length > LINK_LENGTH) continue;
    const shown = trimEnd(match[0]);
    const href = parseHref(shown);
    if (href === null) continue;
    if (match.index > from) parts.push({ kind: 'text', text: text.slice(from, match.index) });
    parts.push({ kind: 'link', text: shown, href });
    from = match.index + shown.length;
    links += 1;
    if (links === LINKS) break;
  }
  if (from < text.length || parts.length === 0) parts.push({ kind: 'text', text: text.slice(from) });
  return parts;
}

/** Texts over this are shown cut, with a button for the rest. UTF-16 code units. */
export const LONG_TEXT = 4000;
const LONG_LINES = 40;

/** The beginning of a long text, cut between characters; null when it is short enough to show whole. */
export function beginning(text: string): string | null {
  let cut = Math.min(text.length, LONG_TEXT);
  let lines = 0;
  for (let at = text.indexOf('\n'); at !== -1 && at < cut; at = text.indexOf('\n', at + 1)) {
    lines += 1;
    if (lines === LONG_LINES) cut = at;
  }
  if (cut === text.length) return null;
  const last = text.charCodeAt(cut - 1);
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? cut - 1 : cut);
}

const emojiOnly =
  /^(?:\p{Emoji_Presentation}|\p{Extended_Pictographic}|\p{Emoji_Modifier}|\p{Regional_Indicator}|\u200d|\ufe0f|\u20e3|\s)+$/u;
/** More than this is a text in pictures, and reads better at its own size. */
const BIG_EMOJI = 6;

/** Up to six emoji and nothing else. */
export function isEmojiOnly(text: string): boolean {
  if (text.length > 80 || !emojiOnly.test(text)) return false;
  const shown = [...new Intl.Segmenter().segment(text)].filter(({ segment }) => segment.trim() !== '');
  return shown.length > 0 && shown.length <= BIG_EMOJI;
}
