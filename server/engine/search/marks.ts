// Where in a text its hits are, for people to see: places in the folded text led back to the original.
import type { MarkedText } from '../../contract/model.ts';
import { fold } from './fold.ts';

/** UTF-16 units of a text that are shown around its first hit. */
const BEFORE = 60;
const LENGTH = 240;

/** Units folded at once while the first hit is looked for, and how many around it are followed one by one. */
const CHUNK = 512;
const FOLLOWED = 4 * CHUNK;

/** The part of a text around its first hit, with all hits in that part marked. @param terms folded. */
export function markedParts(text: string, terms: readonly string[]): MarkedText[] {
  const base = boundary(text, Math.max(0, firstChunkWithHit(text, terms) - CHUNK));
  const near = text.slice(base, boundary(text, Math.min(text.length, base + FOLLOWED)));
  const { folded, origins } = foldedWithOrigins(near);
  const spans = spansOf(folded, terms).map(([start, end]) => [origins[start] ?? 0, endOf(origins, end)] as const);
  const from = Math.max(0, (spans[0]?.[0] ?? 0) - BEFORE);
  const [start, end] = [boundary(near, from), boundary(near, Math.min(near.length, from + LENGTH))];
  return [
    ...(base + start > 0 ? [{ text: '…', marked: false }] : []),
    ...partsOf(near, start, end, spans),
    ...(base + end < text.length ? [{ text: '…', marked: false }] : []),
  ];
}

/** Where the chunk of the text starts in which the first hit begins. */
function firstChunkWithHit(text: string, terms: readonly string[]): number {
  const chunks: { readonly start: number; readonly foldedStart: number }[] = [];
  let folded = '';
  for (let start = 0; start < text.length;) {
    const end = Math.max(boundary(text, Math.min(text.length, start + CHUNK)), start + 1);
    chunks.push({ start, foldedStart: folded.length });
    folded += fold(text.slice(start, end));
    start = end;
  }
  const places = terms.map((term) => folded.indexOf(term)).filter((at) => at >= 0);
  const first = places.length > 0 ? Math.min(...places) : 0;
  return chunks.findLast(({ foldedStart }) => foldedStart <= first)?.start ?? 0;
}

/** For each unit of the folded text, the unit of the original that its code point starts at; the original's end behind. */
function foldedWithOrigins(text: string): { folded: string; origins: number[] } {
  const pieces: string[] = [];
  const origins: number[] = [];
  let at = 0;
  for (const character of text) {
    const piece = fold(character);
    origins.push(...Array<number>(piece.length).fill(at));
    pieces.push(piece);
    at += character.length;
  }
  origins.push(at);
  return { folded: pieces.join(''), origins };
}

/** In order, none overlapping. */
function spansOf(folded: string, terms: readonly string[]): [number, number][] {
  const spans = terms.flatMap((term) => occurrences(folded, term)).sort(([a], [b]) => a - b);
  const merged: [number, number][] = [];
  for (const [start, end] of spans) {
    const last = merged.at(-1);
    if (last && start <= last[1]) last[1] = Math.max(last[1], end);
    else merged.push([start, end]);
  }
  return merged;
}

function occurrences(folded: string, term: string): [number, number][] {
  const found: [number, number][] = [];
  for (let at = folded.indexOf(term); at >= 0; at = folded.indexOf(term, at + term.length)) {
    found.push([at, at + term.length]);
  }
  return found;
}

/** Where the code point ends that the folded unit before `end` is of, with the marks behind it. */
function endOf(origins: readonly number[], end: number): number {
  const last = origins[end - 1] ?? 0;
  return origins.slice(end).find((origin) => origin > last) ?? last;
}

function* partsOf(
  text: string,
  start: number,
  end: number,
  spans: readonly (readonly [number, number])[],
): Generator<MarkedText> {
  let at = start;
  for (const [from, to] of spans) {
    if (from >= end) break;
    if (from > at) yield { text: text.slice(at, from), marked: false };
    const stop = Math.min(to, end);
    if (stop > Math.max(at, from)) yield { text: text.slice(Math.max(at, from), stop), marked: true };
    at = Math.max(at, stop);
  }
  if (at < end) yield { text: text.slice(at, end), marked: false };
}

/** Not between the halves of a surrogate pair. */
function boundary(text: string, at: number): number {
  const code = text.charCodeAt(at);
  return code >= 0xdc00 && code <= 0xdfff ? at - 1 : at;
}
