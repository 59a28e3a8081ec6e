// Formatting within one line: *bold*, _italic_, ~struck~ and `code`; two of a mark count as one, since people type both.
// What is no pair of marks stays as it was typed. Takes time linear in the length of the line.

export type Mark = 'bold' | 'italic' | 'struck';

export type Inline =
  | { readonly kind: 'text' | 'code'; readonly text: string }
  | { readonly kind: Mark; readonly children: readonly Inline[] };

interface MarkToken {
  readonly kind: 'mark';
  readonly text: string;
  readonly opens: boolean;
  readonly closes: boolean;
}

type Token = { readonly kind: 'text' | 'code'; readonly text: string } | MarkToken;

const marks: Readonly<Record<string, Mark>> = { '*': 'bold', _: 'italic', '~': 'struck' };

/** Addresses are taken whole: an underscore in one is no mark. */
const TOKENS = /(?:https?:\/\/|www\.|mailto:)[^\s<>]+|(`+)|([*_~])\2*/giu;

const SPACE = /^\s?$/u;
const WORD = /^[\p{L}\p{N}]$/u;

/** @param line without line ends. */
export function parseInline(line: string): readonly Inline[] {
  return pairMarks(tokensOf(line));
}

function tokensOf(line: string): Token[] {
  const tokens: Token[] = [];
  const closers = new CodeClosers(line);
  let from = 0;
  for (const { 0: text, 1: ticks, 2: mark, index } of line.matchAll(TOKENS)) {
    if (index < from) continue;
    const end = index + text.length;
    const close = ticks === undefined ? null : closers.behind(end, text.length);
    if (close === null && mark === undefined) continue;
    if (index > from) tokens.push({ kind: 'text', text: line.slice(from, index) });
    tokens.push(close === null ? markToken(line, index, text) : { kind: 'code', text: line.slice(end, close) });
    from = close === null ? end : close + text.length;
  }
  if (from < line.length) tokens.push({ kind: 'text', text: line.slice(from) });
  return tokens;
}

/** Where runs of backticks start. Asked with growing places, it looks at each run once. */
class CodeClosers {
  /** By length, the first one last. */
  readonly #runs = new Map<number, number[]>();

  constructor(line: string) {
    for (const { 0: run, index } of [...line.matchAll(/`+/gu)].toReversed()) {
      const same = this.#runs.get(run.length);
      if (same) same.push(index);
      else this.#runs.set(run.length, [index]);
    }
  }

  /** Where the next run of a length starts; null: there is none. */
  behind(at: number, length: number): number | null {
    const runs = this.#runs.get(length) ?? [];
    while (runs.length > 0 && (runs.at(-1) ?? 0) < at) runs.pop();
    return runs.at(-1) ?? null;
  }
}

/** A mark opens before a word and closes behind one; within a word, as in snake_case, it does neither. */
function markToken(line: string, at: number, text: string): MarkToken {
  const [before, after] = [line.charAt(at - 1), line.charAt(at + text.length)];
  const isMark = text.length <= 2;
  return {
    kind: 'mark',
    text,
    opens: isMark && !SPACE.test(after) && !WORD.test(before),
    closes: isMark && !SPACE.test(before) && !WORD.test(after),
  };
}

interface Open {
  /** What opened it; the line itself has none. */
  readonly token: string;
  readonly children: Inline[];
}

/** Nothing is open twice, so that six marks deep is the most there can be. */
function pairMarks(tokens: readonly Token[]): readonly Inline[] {
  const line: Open = { token: '', children: [] };
  const open = [line];
  for (const token of tokens) {
    const current = open.at(-1) ?? line;
    if (token.kind !== 'mark') current.children.push(token);
    else if (token.closes && open.some((each) => each.token === token.text)) close(open, token.text);
    else if (token.opens && !open.some((each) => each.token === token.text))
      open.push({ token: token.text, children: [] });
    else current.children.push({ kind: 'text', text: token.text });
  }
  while (open.length > 1) giveUp(open);
  return joined(line.children);
}

function close(open: Open[], token: string): void {
  while (open.length > 1 && open.at(-1)?.token !== token) giveUp(open);
  const closed = open.pop();
  const mark = marks[token.charAt(0)];
  if (closed && mark) open.at(-1)?.children.push({ kind: mark, children: joined(closed.children) });
}

/** The last one that is open was no mark: it and what follows it belong to the one before. */
function giveUp(open: Open[]): void {
  const last = open.pop();
  const children = open.at(-1)?.children;
  if (!last || !children) return;
  children.push({ kind: 'text', text: last.token });
  for (const child of last.children) children.push(child);
}

/** Neighbouring texts as one. */
function joined(inlines: readonly Inline[]): readonly Inline[] {
  const parts: Inline[] = [];
  let texts: string[] = [];
  const flush = (): void => {
    if (texts.length > 0) parts.push({ kind: 'text', text: texts.join('') });
    texts = [];
  };
  for (const inline of inlines) {
    if (inline.kind === 'text') texts.push(inline.text);
    else {
      flush();
      parts.push(inline);
    }
  }
  flush();
  return parts;
}
