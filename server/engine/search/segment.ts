// One stretch of the search index: folded texts one after the other in a single buffer, a line feed behind each, with
// where each starts, which row it is of and what a search can be narrowed by. Looking for a term is one `indexOf` over all
// of it.
//
//   buffer  tea at four?⏎see you there⏎…
//   starts  0            13                (bytes)
//   rows    812          811               (of the database; 0: removed)
//   places  -7           -8                (not stored: they follow from the first one's)

/** Bytes of one segment: a millisecond or two to go through, so that a search gives way to others between two. */
export const SEGMENT_BYTES = 4 * 1024 * 1024;
const FIRST_BYTES = 64 * 1024;
const FIRST_ENTRIES = 512;
const LINE_FEED = 0x0a;

/** Newest first, each place is one less than the one before; oldest first, one more. */
export type SegmentOrder = 'newest-first' | 'oldest-first';

export interface IndexedText {
  /** 1 to 2^32 - 1; there once in the whole index. */
  readonly row: number;
  /** Who said it where, as a number of the caller's: what a search can be narrowed to. */
  readonly tag: number;
  /** Seconds since 1970, below 2^32. */
  readonly time: number;
  /** Folded: without line feeds. */
  readonly text: string;
}

export interface Wanted {
  /** UTF-8, none empty, the rarest first; none: every text. */
  readonly terms: readonly Buffer[];
  readonly accepts: (tag: number, time: number) => boolean;
  /** Only what stands in a smaller place. */
  readonly below: number;
  readonly limit: number;
}

export interface Found {
  /** In the whole index: larger is newer. */
  readonly place: number;
  readonly row: number;
}

export class Segment {
  readonly #order: SegmentOrder;
  /** The place of the first text. */
  readonly #first: number;
  #buffer = Buffer.allocUnsafeSlow(FIRST_BYTES);
  #starts = new Uint32Array(FIRST_ENTRIES);
  #rows = new Uint32Array(FIRST_ENTRIES);
  #tags = new Uint32Array(FIRST_ENTRIES);
  #times = new Uint32Array(FIRST_ENTRIES);
  #used = 0;
  #entries = 0;

  constructor(order: SegmentOrder, first: number) {
    this.#order = order;
    this.#first = first;
  }

  /** Bytes of memory. */
  get size(): number {
    return this.#buffer.length + 4 * this.#starts.byteLength;
  }

  /** In the place behind the others. @returns false when it is full, and nothing was added. */
  add({ row, tag, time, text }: IndexedText): boolean {
    const bytes = Buffer.byteLength(text) + 1;
    if (this.#used + bytes > SEGMENT_BYTES && this.#entries > 0) return false;
    this.#reserve(this.#used + bytes);
    if (this.#entries === this.#starts.length) this.#growEntries(this.#entries * 2);
    this.#starts[this.#entries] = this.#used;
    this.#rows[this.#entries] = row;
    this.#tags[this.#entries] = tag;
    this.#times[this.#entries] = time;
    this.#buffer.write(text, this.#used);
    this.#buffer[this.#used + bytes - 1] = LINE_FEED;
    this.#used += bytes;
    this.#entries += 1;
    return true;
  }

  /** Nothing more is added: gives back what was kept for more. */
  close(): void {
    this.#resize(this.#used);
    this.#growEntries(this.#entries);
  }

  /** What holds every term, newest first. */
  find({ terms, accepts, below, limit }: Wanted): Found[] {
    const [pivot, ...others] = terms;
    const found: Found[] = [];
    let index = this.#newestBelow(below);
    while (found.length < limit) {
      index = pivot ? this.#seek(pivot, index) : index;
      if (index < 0 || index >= this.#entries) break;
      const row = this.#row(index);
      if (row > 0 && accepts(this.#tag(index), this.#time(index)) && this.#holds(index, others)) {
        found.push({ place: this.#first - this.#step * index, row });
      }
      index += this.#step;
    }
    return found;
  }

  /** Overwrites a row's text. @returns false when the row is not here. */
  remove(row: number): boolean {
    const index = this.#indexOf(row);
    if (index < 0) return false;
    this.#erase(index);
    return true;
  }

  /** Overwrites the texts of these tags. */
  removeTags(has: (tag: number) => boolean): void {
    for (let index = 0; index < this.#entries; index += 1) if (has(this.#tag(index))) this.#erase(index);
  }

  /** Another text for a row. @returns false when the row is not here. */
  replace(row: number, text: string): boolean {
    const index = this.#indexOf(row);
    if (index < 0) return false;
    const [start, end] = [this.#start(index), this.#end(index)];
    const bytes = Buffer.from(text);
    // A reaction changes a message, and not what it says.
    if (this.#buffer.subarray(start, end).equals(bytes)) return true;
    const before = this.#buffer;
    const grown = bytes.length - (end - start);
    this.#buffer = Buffer.concat([before.subarray(0, start), bytes, before.subarray(end)], before.length + grown);
    before.fill(0);
    bytes.fill(0);
    for (let later = index + 1; later < this.#entries; later += 1) this.#starts[later] = this.#start(later) + grown;
    this.#used += grown;
    return true;
  }

  /** Overwrites everything. */
  wipe(): void {
    for (const bytes of [this.#buffer, this.#starts, this.#rows, this.#tags, this.#times]) bytes.fill(0);
    this.#entries = 0;
    this.#used = 0;
  }

  /** From one text to the next older one. */
  get #step(): 1 | -1 {
    return this.#order === 'newest-first' ? 1 : -1;
  }

  /** The next entry from `index` on, towards older ones, that holds a term; out of range: none. */
  #seek(term: Buffer, index: number): number {
    const text = this.#buffer.subarray(0, this.#used);
    if (index < 0 || index >= this.#entries) return -1;
    const at =
      this.#order === 'newest-first'
        ? text.indexOf(term, this.#start(index))
        : text.subarray(0, this.#end(index)).lastIndexOf(term);
    return at < 0 ? -1 : this.#entryAt(at);
  }

  #holds(index: number, terms: readonly Buffer[]): boolean {
    if (terms.length === 0) return true;
    const text = this.#buffer.subarray(this.#start(index), this.#end(index));
    return terms.every((term) => text.includes(term));
  }

  #erase(index: number): void {
    this.#buffer.fill(0, this.#start(index), this.#end(index));
    this.#rows[index] = 0;
  }

  /** The newest entry whose place is smaller; out of range: none. */
  #newestBelow(place: number): number {
    if (this.#order === 'newest-first') return Math.max(0, this.#first - place + 1);
    return Math.min(this.#entries, place - this.#first) - 1;
  }

  #indexOf(row: number): number {
    return row === 0 ? -1 : this.#rows.subarray(0, this.#entries).indexOf(row);
  }

  /** The entry that a byte belongs to. */
  #entryAt(at: number): number {
    return this.#search((index) => this.#start(index) > at) - 1;
  }

  /** The first entry of which it is so, where it is so of all behind it. */
  #search(isSo: (index: number) => boolean): number {
    let [low, high] = [0, this.#entries];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (isSo(middle)) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  #row(index: number): number {
    return this.#rows[index] ?? 0;
  }

  #tag(index: number): number {
    return this.#tags[index] ?? 0;
  }

  #time(index: number): number {
    return this.#times[index] ?? 0;
  }

  #start(index: number): number {
    return this.#starts[index] ?? this.#used;
  }

  /** Without its line feed. */
  #end(index: number): number {
    return (index + 1 < this.#entries ? this.#start(index + 1) : this.#used) - 1;
  }

  #reserve(bytes: number): void {
    if (bytes <= this.#buffer.length) return;
    this.#resize(Math.max(bytes, Math.min(SEGMENT_BYTES, this.#buffer.length * 2)));
  }

  #resize(bytes: number): void {
    const before = this.#buffer;
    this.#buffer = Buffer.allocUnsafeSlow(bytes);
    before.copy(this.#buffer, 0, 0, this.#used);
    before.fill(0);
  }

  #growEntries(length: number): void {
    const copy = (before: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> => {
      const after = new Uint32Array(length);
      after.set(before.subarray(0, Math.min(length, before.length)));
      return after;
    };
    this.#starts = copy(this.#starts);
    this.#rows = copy(this.#rows);
    this.#tags = copy(this.#tags);
    this.#times = copy(this.#times);
  }
}
