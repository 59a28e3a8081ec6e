// Text as people paste it: out of mails and chats, off paper, with what programs put between the letters. Page, command
// line and daemon read it with these functions, so that what one of them takes the others take too. Pure.

/** Unicode's own list: soft hyphens, zero-width spaces and joiners, marks of direction and of byte order, and their like. */
const INVISIBLE = /\p{Default_Ignorable_Code_Point}/gu;
/** U+2010 to U+2015, and the minus signs. Full-width and non-breaking ones have become some of these by NFKC. */
const DASHES = /[\u2010-\u2015\u2212\ufe58\ufe63]/g;

/** Without what cannot be seen, in plain letters (NFKC: full-width ones become narrow), with plain hyphens. */
export function plainText(text: string): string {
  return text.replace(INVISIBLE, '').normalize('NFKC').replace(DASHES, '-');
}

/** Digits of any script as 0 to 9; all else as it is. */
export function plainDigits(text: string): string {
  return text.replace(/\p{Nd}/gu, (digit) => String(valueOf(digit)));
}

/** Unicode lists the ten digits of a script in a row, from zero; where rows touch, each still has ten. */
function valueOf(digit: string): number {
  const code = digit.codePointAt(0) ?? 0;
  let first = code;
  while (/\p{Nd}/u.test(String.fromCodePoint(first - 1))) first -= 1;
  return (code - first) % 10;
}

/** The digits in a text, in their order: of a code that was typed or pasted with whatever stands between. */
export function digitsIn(text: string): string {
  return plainDigits(plainText(text)).replace(/[^0-9]/g, '');
}

/**
 * The words of a recovery phrase as people write them down: any case, with numbers, commas and line breaks. Where all
 * are numbered from 1 and stand in another order, as in a table that is read by columns, they go by their numbers.
 * @returns in lower case, without accents; what is misspelt stays, so that its place can be named.
 */
export function phraseWords(text: string): string[] {
  const plain = plainDigits(text.replace(INVISIBLE, '').normalize('NFKD')).replace(/\p{M}/gu, '').toLowerCase();
  const pieces = plain
    .split(/[\s,;|]+/u)
    .flatMap((piece) => /^(\d+)[.):-]*(.*)$/u.exec(piece)?.slice(1) ?? [piece])
    .map((piece) => piece.replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, '').replaceAll('ı', 'i'))
    .filter((piece) => piece !== '');
  return byNumber(pieces) ?? pieces.filter((piece) => !isNumber(piece));
}

/** @returns null unless each word has a number before it, and these are 1 to as many as there are. */
function byNumber(pieces: readonly string[]): string[] | null {
  const words = new Map<number, string>();
  for (let at = 0; at < pieces.length; at += 2) {
    const [number = '', word = ''] = pieces.slice(at, at + 2);
    if (!isNumber(number) || word === '' || isNumber(word)) return null;
    words.set(Number(number), word);
  }
  const sorted = Array.from({ length: pieces.length / 2 }, (_, at) => words.get(at + 1));
  return sorted.every((word) => word !== undefined) ? sorted : null;
}

function isNumber(piece: string): boolean {
  return /^\d+$/.test(piece);
}

/**
 * An address without what people paste along: a scheme, a path, spaces, quotes, a full stop at the end, digits of another
 * script. What is left has still to be read as one. A zone written `%25` as in URLs (RFC 6874 §2) is that zone.
 */
export function pastedAddress(text: string): string {
  const plain = plainDigits(plainText(text))
    .replace(/[\u3002\uff0e\uff61]/g, '.')
    .replace(/\s+port\s+/i, ':')
    .replace(/\s*:\s*/g, ':')
    .trim()
    .replace(/^["'“”‘’<(]+|["'“”‘’>),.;]+$/g, '');
  const bare = plain.replace(/^[a-z][a-z0-9+.-]*:\/\/(?:[^/?#@]*@)?/i, '').replace(/[/?#].*$/, '');
  return withPlainZone(withBrackets(bare.replace(/\.(?=:\d+$)/, '')));
}

/** `%25eth0` is eth0. `%2512` may be either 12 or 2512: it stays, with a sign that no zone has, and is refused. */
function withPlainZone(text: string): string {
  return text.replace(/%25(?=[^\]])/, (_, at: number) => (/\d/.test(text.charAt(at + 3)) ? '%25%' : '%'));
}

/** IPv6 without brackets, where the port cannot be part of it: behind a zone, or behind eight groups. */
function withBrackets(text: string): string {
  const match = /^((?:[0-9a-f]{0,4}:){2,7}[0-9a-f]{0,4}%[\w.-]+|(?:[0-9a-f]{1,4}:){7}[0-9a-f]{1,4}):(\d+)$/i.exec(text);
  return match ? `[${match[1] ?? ''}]:${match[2] ?? ''}` : text;
}
