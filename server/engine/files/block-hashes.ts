// The hashes of a file's blocks, from the first on, as far as they are known: in memory while it moves, in pages on the disk.
import { concat } from '../../crypto/bytes.ts';
import { FILE_HASH_BYTES } from '../../protocol/files/limits.ts';
import type { MessageRef } from '../../storage/tables/message/message-record.ts';
import { HASHES_PER_PAGE, type TransferTable } from '../../storage/tables/transfers.ts';

type Pages = Pick<TransferTable, 'hashes' | 'putHashes'>;

export class BlockHashes {
  readonly #pages: Uint8Array[];
  #count: number;
  /** Pages below stand on the disk as they are here. */
  #saved: number;

  private constructor(pages: Uint8Array[]) {
    this.#pages = pages;
    this.#count = pages.reduce((sum, page) => sum + page.length / FILE_HASH_BYTES, 0);
    this.#saved = Math.floor(this.#count / HASHES_PER_PAGE);
  }

  /** Of a file that is not hashed yet. */
  static none(): BlockHashes {
    return new BlockHashes([]);
  }

  /** Those of the first `blocks`, as far as they are on the disk. */
  static load(table: Pages, message: MessageRef, blocks: number): BlockHashes {
    const pages: Uint8Array[] = [];
    for (let left = blocks; left > 0; left -= HASHES_PER_PAGE) {
      const page = table.hashes(message, pages.length).subarray(0, Math.min(left, HASHES_PER_PAGE) * FILE_HASH_BYTES);
      pages.push(page);
      if (page.length < HASHES_PER_PAGE * FILE_HASH_BYTES) break;
    }
    return new BlockHashes(pages);
  }

  /** How many are known. */
  get count(): number {
    return this.#count;
  }

  /** @param block below `count`. */
  of(block: number): Uint8Array {
    const page = this.#pages[Math.floor(block / HASHES_PER_PAGE)];
    const at = (block % HASHES_PER_PAGE) * FILE_HASH_BYTES;
    if (!page || block >= this.#count) throw new Error('this block was not hashed');
    return page.subarray(at, at + FILE_HASH_BYTES);
  }

  /** The next one. */
  push(hash: Uint8Array): void {
    const last = Math.floor(this.#count / HASHES_PER_PAGE);
    this.#pages[last] = concat(this.#pages[last] ?? new Uint8Array(0), hash);
    this.#count += 1;
  }

  all(): Uint8Array {
    return concat(...this.#pages);
  }

  /** What is new goes to the disk; inside a `journal.write`. */
  save(table: Pages, message: MessageRef): void {
    for (let page = this.#saved; page < this.#pages.length; page += 1) {
      table.putHashes(message, page, this.#pages[page] ?? new Uint8Array(0));
    }
    this.#saved = Math.floor(this.#count / HASHES_PER_PAGE);
  }
}
