// Takes pieces of known length out of bytes that come in any chunking. A piece that lies whole in a chunk is handed out
// as a view of it; only what straddles chunks is copied, once on arrival and at most once more as its buffer doubles:
// memory follows what was really sent, never what a length field promises. It knows nothing of what the pieces mean.

/** First size of a buffer for a piece that straddles chunks. */
const FIRST_CAPACITY = 1024;

const EMPTY = new Uint8Array(0);

export class ByteReader {
  #chunk: Uint8Array = EMPTY;
  #offset = 0;
  #held: Uint8Array = EMPTY;
  #filled = 0;

  /** Bytes of memory taken up by a piece that is not whole yet. */
  get capacity(): number {
    return this.#held.length;
  }

  /** Only after `take` answered null, that is, once everything fed before is taken or held. */
  feed(chunk: Uint8Array): void {
    if (this.#offset !== this.#chunk.length) throw new Error('the last chunk is not used up');
    this.#chunk = chunk;
    this.#offset = 0;
  }

  /**
   * The next `length` bytes, or null until they have all been fed: ask again then, for the same length.
   * What it returns may be a view of a fed chunk.
   */
  take(length: number): Uint8Array | null {
    const available = this.#chunk.length - this.#offset;
    if (this.#filled === 0 && available >= length) return this.#advance(length);
    const part = Math.min(length - this.#filled, available);
    if (part === 0) return null;
    this.#reserve(this.#filled + part, length);
    this.#held.set(this.#advance(part), this.#filled);
    this.#filled += part;
    if (this.#filled < length) return null;
    const piece = this.#held.subarray(0, length);
    this.#held = EMPTY;
    this.#filled = 0;
    return piece;
  }

  #advance(length: number): Uint8Array {
    const part = this.#chunk.subarray(this.#offset, this.#offset + length);
    this.#offset += length;
    if (this.#offset === this.#chunk.length) this.#release();
    return part;
  }

  /** A used-up chunk is released while the connection rests. */
  #release(): void {
    this.#chunk = EMPTY;
    this.#offset = 0;
  }

  #reserve(needed: number, length: number): void {
    if (needed <= this.#held.length) return;
    const larger = new Uint8Array(Math.min(length, Math.max(needed, this.#held.length * 2, FIRST_CAPACITY)));
    larger.set(this.#held.subarray(0, this.#filled));
    this.#held = larger;
  }
}
