// Text in lines over a byte stream, as the control socket speaks it: UTF-8, each line ended by one `\n`.

const NEWLINE = 0x0a;

/** Cuts a byte stream into lines, whatever the pieces in which it arrives. */
export class LineReader {
  readonly #maxBytes: number;
  #pieces: Buffer[] = [];
  #length = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** @returns the lines that this piece completes; null when one is longer than allowed: read no further. */
  push(piece: Buffer): string[] | null {
    const lines: string[] = [];
    let start = 0;
    for (let end = piece.indexOf(NEWLINE); end !== -1; end = piece.indexOf(NEWLINE, start)) {
      if (!this.#keep(piece.subarray(start, end))) return null;
      lines.push(Buffer.concat(this.#pieces).toString('utf8'));
      this.#pieces = [];
      this.#length = 0;
      start = end + 1;
    }
    return this.#keep(piece.subarray(start)) ? lines : null;
  }

  #keep(piece: Buffer): boolean {
    this.#length += piece.length;
    if (this.#length > this.#maxBytes) return false;
    if (piece.length > 0) this.#pieces.push(piece);
    return true;
  }
}
