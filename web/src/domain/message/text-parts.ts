// Cuts a message text into plain runs and links: http(s) and mail addresses, and hosts that are written without a scheme.

export type TextPart =
  | { readonly kind: 'text'; readonly text: string }
  | {
      readonly kind: 'link';
      readonly text: string;
      readonly href: string;
      /** Where it really leads: the host as the browser reads it, or the mail address. */
      readonly goal: string;
    };

/** No address is this long by accident; longer ones stay text. */
const LINK_LENGTH = 2048;
/** Enough for any real text; a wall of links stays readable as text. */
const LINKS = 200;

/**
 * Ends of hosts that are known as such when no scheme stands before them. Not those that are as well the ends of files that
 * people talk about: md, py, rs, sh, zip.
 */
const ENDS =
  'com|org|net|edu|gov|mil|int|info|biz|name|app|dev|page|blog|cloud|online|site|shop|store|tech|wiki|news|social|live|io|co|me|tv|' +
  'ai|cc|eu|at|au|be|bg|br|ca|ch|cl|cn|cz|de|dk|ee|es|fi|fr|gr|hk|hr|hu|ie|il|in|is|it|jp|kr|li|lt|lu|lv|mx|nl|no|nz|pl|pt|ro|ru|' +
  'se|si|sk|tr|tw|ua|uk|us|za';
/** Names of the local network: nothing there speaks https to people who know neither. */
const NEAR_ENDS = 'local|lan|internal|home\\.arpa';
const LABELS = '(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\\.){1,8}';
const ENDING = '[^\\s<>"\'`\\u200b-\\u200f\\u202a-\\u202e\\u2066-\\u2069]';
const candidate = new RegExp(
  [
    `(?<=^|[^\\p{L}\\p{N}_])(?:https?:\\/\\/|mailto:)${ENDING}+`,
    `(?<=^|[^\\p{L}\\p{N}_@.+-])[\\w.+-]{1,64}@${LABELS}(?:${ENDS})(?![\\w@-]|\\.\\w)`,
    `(?<=^|[^\\p{L}\\p{N}_@./:-])${LABELS}(?:${ENDS}|${NEAR_ENDS})(?::\\d{1,5})?(?![\\w@-]|\\.\\w)(?:[/?#]${ENDING}*)?`,
  ].join('|'),
  'giu',
);
const nearHost = new RegExp(`^[^/:?#]*\\.(?:${NEAR_ENDS})(?=[/:?#]|$)`, 'iu');
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

/** Words as well: between two of them, a space after the full stop is what is missing. */
const twoWords = /^[^./]+\.(?:at|be|in|is|it|me|no|us)$/iu;

/** @param text as it stands there. */
function withScheme(text: string): string {
  if (/^(?:https?:|mailto:)/iu.test(text)) return text;
  if (/^[^/?#]*@/u.test(text)) return `mailto:${text}`;
  return nearHost.test(text) ? `http://${text}` : `https://${text}`;
}

function parseLink(text: string): { readonly href: string; readonly goal: string } | null {
  if (twoWords.test(text)) return null;
  let url: URL;
  try {
    url = new URL(withScheme(text));
  } catch {
    return null;
  }
  if (url.protocol === 'mailto:') return url.pathname.includes('@') ? { href: url.href, goal: url.pathname } : null;
  // A user name in front of the host is how one site is made to look like another.
  const plain = /^https?:$/u.test(url.protocol) && url.hostname !== '' && url.username === '' && url.password === '';
  return plain ? { href: url.href, goal: url.host } : null;
}

/** The parts joined give exactly `text` again. */
export function splitText(text: string): readonly TextPart[] {
  const parts: TextPart[] = [];
  let from = 0;
  let links = 0;
  for (const match of text.matchAll(candidate)) {
    if (match[0].length > LINK_LENGTH) continue;
    const shown = trimEnd(match[0]);
    const link = parseLink(shown);
    if (link === null) continue;
    if (match.index > from) parts.push({ kind: 'text', text: text.slice(from, match.index) });
    parts.push({ kind: 'link', text: shown, ...link });
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
/** More than this is a text in pictures, and reads better in its bubble. */
const BIG_EMOJI = 3;

/** One to three emoji and nothing else. */
export function isEmojiOnly(text: string): boolean {
  if (text.length > 80 || !emojiOnly.test(text)) return false;
  const shown = [...new Intl.Segmenter().segment(text)].filter(({ segment }) => segment.trim() !== '');
  return shown.length > 0 && shown.length <= BIG_EMOJI;
}
