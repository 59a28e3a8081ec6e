// The search index: every text a person can see, folded, in memory alone. Nothing of it is on the disk, and locking
// overwrites it.
//
//   filling   the newest stored text ──addOlder──▶ … ──addOlder──▶ the oldest, or until there is no more room
//   living    each new text ──addNewer──▶
//   finding   newer segments, then older ones, a turn of the event loop for each: always the newest text first
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Segment, type IndexedText, type SegmentOrder, type Wanted } from './segment.ts';

/** Memory of all segments together: some three million messages. */
export const INDEX_BYTES = 256 * 1024 * 1024;

/** Rows that a segment is asked for at once. */
const ROWS_A_TURN = 64;

export class TextIndex {
  readonly #maxBytes: number;
  /** The newest text is in the last one. */
  readonly #newer: Segment[] = [];
  /** The newest text is in the first one. */
  readonly #older: Segment[] = [];

  constructor(maxBytes = INDEX_BYTES) {
    this.#maxBytes = maxBytes;
  }

  /** Bytes of memory. */
  get size(): number {
    return this.#segments().reduce((sum, segment) => sum + segment.size, 0);
  }

  /** A text newer than all others. The oldest give way when there is no room. */
  addNewer(text: IndexedText): void {
    add(this.#newer, 'oldest-first', text);
    while (this.#older.length > 0 && this.size > this.#maxBytes) this.#older.pop()?.wipe();
  }

  /** A text older than all others. @returns false when there is no room for it. */
  addOlder(text: IndexedText): boolean {
    if (this.size > this.#maxBytes) return false;
    add(this.#older, 'newest-first', text);
    return true;
  }

  /** Overwrites a row's text. */
  remove(row: number): void {
    this.#segments().some((segment) => segment.remove(row));
  }

  /** Overwrites the texts of these tags. */
  removeTags(has: (tag: number) => boolean): void {
    for (const segment of this.#segments()) segment.removeTags(has);
  }

  /** Another text for a row that is here. @param text folded. */
  replace(row: number, text: string): void {
    this.#segments().some((segment) => segment.replace(row, text));
  }

  /** Rows that hold every term, newest first. Ends early once `signal` is aborted. */
  async *find(wanted: Omit<Wanted, 'limit'>, signal: AbortSignal): AsyncGenerator<number> {
    for (const segment of this.#segments()) yield* findIn(segment, wanted, signal);
  }

  /** Overwrites everything. */
  wipe(): void {
    for (const segment of this.#segments()) segment.wipe();
    this.#newer.length = 0;
    this.#older.length = 0;
  }

  #segments(): readonly Segment[] {
    return [...this.#newer.toReversed(), ...this.#older];
  }
}

function add(segments: Segment[], order: SegmentOrder, text: IndexedText): void {
  const last = segments.at(-1);
  if (last?.add(text)) return;
  last?.close();
  const next = new Segment(order);
  next.add(text);
  segments.push(next);
}

async function* findIn(segment: Segment, wanted: Omit<Wanted, 'limit'>, signal: AbortSignal): AsyncGenerator<number> {
  let { below } = wanted;
  for (;;) {
    await nextTurn();
    if (signal.aborted) return;
    const rows = segment.find({ ...wanted, below, limit: ROWS_A_TURN });
    yield* rows;
    if (rows.length < ROWS_A_TURN) return;
    below = rows.at(-1) ?? 0;
  }
}
