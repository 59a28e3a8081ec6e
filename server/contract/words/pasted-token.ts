// Identity tokens and invites in what people paste: alone, in the middle of a mail, wrapped at any width, quoted, with
// invisible characters between. Here is what can be told without knowing what a token holds; where it ends, it says
// itself (`engine/contacts/read-token.ts`). Page, command line and daemon find tokens with this. Pure.
import { plainText } from './pasted.ts';

/**
 * Programs break lines anywhere, and mark them: `>` and `|` in replies, `=` in quoted-printable (RFC 2045 §6.7). A field of
 * one line takes the breaks out and leaves the marks.
 */
const PREFIX = /L[\s>|=]*O[\s>|=]*O[\s>|=]*M[\s>|=]*-/gi;
const CHUNK = /[\s>|=]*([A-Za-z2-7]+)/y;
/** A shorter one was cut off: a card has 106 characters behind the prefix, and an invite more. */
const LEAST_CHARACTERS = 100;
/** Enough to see that something is longer than any token: a bound on work. */
const MOST_CHARACTERS = 1024;
/** Tokens looked at in one text, at most: a bound on work, far above what a mail quotes. */
const RUNS = 16;

/** What follows one `LOOM-`, as far as it could belong to a token. */
export interface TokenRun {
  /** Base32, without what stood between. May go on behind the token: what is said next is letters too. */
  readonly written: string;
  /** A letter or digit that is not in base32 and ends it; else empty. */
  readonly foreign: string;
}

/** Whether a text holds what looks like a whole token or invite. */
export function holdsToken(text: string): boolean {
  return tokenRuns(text).some(({ written }) => written.length >= LEAST_CHARACTERS);
}

/** In the order of the text; none where there is no `LOOM-`, whatever its case. */
export function tokenRuns(text: string): readonly TokenRun[] {
  const plain = plainText(text);
  return [...plain.matchAll(PREFIX)].slice(0, RUNS).map((match) => runAt(plain, match.index + match[0].length));
}

function runAt(text: string, start: number): TokenRun {
  let written = '';
  let end = start;
  while (written.length < MOST_CHARACTERS) {
    CHUNK.lastIndex = end;
    const match = CHUNK.exec(text);
    const chunk = match?.[1];
    // A word in another case than the token so far is not of it.
    if (match === null || chunk === undefined || !isOfCase(chunk, written)) break;
    written += chunk;
    end += match[0].length;
  }
  return { written, foreign: /^[\p{L}\p{N}]/u.exec(text.slice(end, end + 2))?.[0] ?? '' };
}

function isOfCase(chunk: string, before: string): boolean {
  if (before === before.toUpperCase()) return before === '' || chunk === chunk.toUpperCase();
  return before !== before.toLowerCase() || chunk === chunk.toLowerCase();
}
