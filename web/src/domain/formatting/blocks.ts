// Formatting by lines: fenced code, quotes and lists; everything else is a paragraph, in which line ends stay. The text
// is sent and stored as it was typed; this is how the page reads it.
import { parseInline, type Inline } from './inline.ts';

export type Block =
  | { readonly kind: 'paragraph'; readonly lines: readonly (readonly Inline[])[] }
  | { readonly kind: 'code'; readonly text: string }
  | { readonly kind: 'quote'; readonly blocks: readonly Block[] }
  | { readonly kind: 'bullets'; readonly items: readonly (readonly Inline[])[] }
  | { readonly kind: 'numbers'; readonly start: number; readonly items: readonly (readonly Inline[])[] };

/** Longer texts are shown as they were typed. UTF-16 code units. */
export const FORMATTED_LENGTH = 16 * 1024;

/** Quotes in quotes; what is deeper stays as it was typed. */
const QUOTE_DEPTH = 4;

const FENCE = /^ {0,3}```[^`]*$/u;
const QUOTE = /^>\s?/u;
const BULLET = /^\s{0,3}[-*•]\s+(?=\S)/u;
const NUMBER = /^\s{0,3}(\d{1,9})[.)]\s+(?=\S)/u;

/** Whether there can be anything to format: most texts need not be read any closer. */
export function mayHaveFormat(text: string): boolean {
  return text.length <= FORMATTED_LENGTH && /[*_~`]|^>|^\s{0,3}(?:[-•]|\d{1,9}[.)])\s/mu.test(text);
}

/** Takes time linear in the length of the text. */
export function parseBlocks(text: string): readonly Block[] {
  return blocksOf(text.split('\n'), QUOTE_DEPTH);
}

type LineKind = Block['kind'];

function blocksOf(lines: readonly string[], depth: number): Block[] {
  const lastFence = lines.findLastIndex((line) => FENCE.test(line));
  const kindAt = (at: number): LineKind => kindOf(lines[at] ?? '', at < lastFence, depth);
  const blocks: Block[] = [];
  let at = 0;
  while (at < lines.length) {
    const kind = kindAt(at);
    let end = at + 1;
    if (kind === 'code') while (!FENCE.test(lines[end] ?? '')) end += 1;
    else while (end < lines.length && kindAt(end) === kind) end += 1;
    blocks.push(blockOf(kind, lines.slice(at, end), depth));
    at = kind === 'code' ? end + 1 : end;
  }
  return blocks;
}

/** @param isClosed whether a fence comes behind this line. */
function kindOf(line: string, isClosed: boolean, depth: number): LineKind {
  if (isClosed && FENCE.test(line)) return 'code';
  if (depth > 0 && QUOTE.test(line)) return 'quote';
  if (BULLET.test(line)) return 'bullets';
  return NUMBER.test(line) ? 'numbers' : 'paragraph';
}

/** @param lines of code without the closing fence. */
function blockOf(kind: LineKind, lines: readonly string[], depth: number): Block {
  const without = (start: RegExp): string[] => lines.map((line) => line.replace(start, ''));
  switch (kind) {
    case 'code':
      return { kind, text: lines.slice(1).join('\n') };
    case 'quote':
      return { kind, blocks: blocksOf(without(QUOTE), depth - 1) };
    case 'bullets':
      return { kind, items: without(BULLET).map(parseInline) };
    case 'numbers':
      return { kind, start: Number(NUMBER.exec(lines[0] ?? '')?.[1]), items: without(NUMBER).map(parseInline) };
    case 'paragraph':
      return { kind, lines: lines.map(parseInline) };
  }
}
