// The search index: every text a person can see, folded, in memory alone. Nothing of it is on the disk, and locking
// overwrites it.
//
//   filling   the newest stored text ──addOlder──▶ … ──addOlder──▶ the oldest, or until there is no more room
//   living    each new text ──addNewer──▶
//   places    -1, -2, -3 … of what was there, 0, 1, 2 … of what came since
//   finding   newer segments, then older ones, a turn of the event loop for each: always the newest text first
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Segment, type Found, type IndexedText, type Wanted } from './segment.ts';

/** Memory of all segments together: some three million messages. */
export const INDEX_BYTES = 256 * 1024 * 1024;

/** Hits that a segment is asked for at once. */
const HITS_A_TURN = 64;

export class TextIndex {
  readonly #maxBytes: number;
  /** The newest text is in the last one. */
  readonly #newer: Segment[] = [];
  /** The newest text is in the first one. */
  readonly #older: Segment[] = [];
  #newest = -1;
  #oldest = 0;

  constructor(maxBytes = INDEX_BYTES) {
    this.#maxBytes = maxBytes;
  }

  /** Bytes of memory. */
  get size(): number {
    return this.#segments().reduce((sum, segment) => sum + segment.size, 0);
  }

  /** A text newer than all others. The oldest give way when there is no room. @returns false when some did. */
  addNewer(text: IndexedText): boolean {
    this.#newest += 1;
    add(this.#newer, text, () => new Segment('oldest-first', this.#newest));
    const before = this.#older.length;
    while (this.#older.length > 0 && this.size > this.#maxBytes) this.#older.pop()?.wipe();
    return this.#older.length === before;
  }

  /** A text older than all others. @returns false when there is no room for it. */
  addOlder(text: IndexedText): boolean {
    if (this.size > this.#maxBytes) return false;
    this.#oldest -= 1;
    add(this.#older, text, () => new Segment('newest-first', this.#oldest));
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

  /** Another text for a row. @param text folded. @returns false when the row is not here. */
  replace(row: number, text: string): boolean {
    return this.#segments().some((segment) => segment.replace(row, text));
  }

  /** What holds every term, newest first. Ends early once `signal` is aborted. */
  async *find(wanted: Omit<Wanted, 'limit'>, signal: AbortSignal): AsyncGenerator<Found> {
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

/** @param begin a segment for this text. */
function add(segments: Segment[], text: IndexedText, begin: () => Segment): void {
  const last = segments.at(-1);
  if (last?.add(text)) return;
  last?.close();
  const next = begin();
  next.add(text);
  segments.push(next);
}

async function* findIn(segment: Segment, wanted: Omit<Wanted, 'limit'>, signal: AbortSignal): AsyncGenerator<Found> {
  let { below } = wanted;
  for (;;) {
    await nextTurn();
    if (signal.aborted) return;
    const found = segment.find({ ...wanted, below, limit: HITS_A_TURN });
    yield* found;
    if (found.length < HITS_A_TURN) return;
    below = found.at(-1)?.place ?? 0;
  }
}
