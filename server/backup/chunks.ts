// Chunks of a backup file, sealed one by one so that neither their content nor their order nor their number can be changed
// (STREAM, see FORMAT.md). Knows bytes only: neither records nor files.
import { concat, u32 } from '../crypto/bytes.ts';
import type { Primitives } from '../crypto/primitives.ts';
import type { FileKeys } from './header.ts';
import { CHUNK_BYTES, LEAST_CHUNKS } from './limits.ts';

const TAG_BYTES = 16;
export const SEALED_CHUNK_BYTES = CHUNK_BYTES + TAG_BYTES;

export class Chunks {
  readonly #primitives: Primitives;
  readonly #keys: FileKeys;
  #next = 0;

  constructor(primitives: Primitives, keys: FileKeys) {
    this.#primitives = primitives;
    this.#keys = keys;
  }

  /** The next chunk. @param plaintext CHUNK_BYTES. */
  seal(plaintext: Uint8Array, last: boolean): Uint8Array {
    if (plaintext.length !== CHUNK_BYTES) throw new Error('a chunk is always full');
    const sealed = this.#primitives.xchacha20poly1305Seal(
      this.#keys.stream,
      this.#nonce(last),
      plaintext,
      this.#keys.tag,
    );
    this.#next += 1;
    return sealed;
  }

  /** The next chunk; null unless it is what was sealed as such. */
  open(sealed: Uint8Array, last: boolean): Uint8Array | null {
    const opened = this.#primitives.xchacha20poly1305Open(this.#keys.stream, this.#nonce(last), sealed, this.#keys.tag);
    if (opened) this.#next += 1;
    return opened;
  }

  #nonce(last: boolean): Uint8Array {
    return concat(this.#keys.prefix, u32(this.#next), Uint8Array.of(Number(last)));
  }
}

/** The number of chunks a file has whose content fills `count`: Padmé, all but the first bits of it rounded up. */
export function paddedChunks(count: number): number {
  if (count <= LEAST_CHUNKS) return LEAST_CHUNKS;
  const exponent = Math.floor(Math.log2(count));
  const kept = Math.floor(Math.log2(exponent)) + 1;
  const step = 2 ** (exponent - kept);
  return step <= 1 ? count : Math.ceil(count / step) * step;
}
