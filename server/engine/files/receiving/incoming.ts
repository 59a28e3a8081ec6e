// One file as it comes in: chunk after chunk into a block, block after block hashed and sealed onto the disk. What is durable
// is said no earlier than it is. One of these lives from one WANT to whatever stops it; the next goes on where it ended.
//
//   DATA ─▶ block full ─▶ hashed, sealed, written ─▶ … ─▶ fdatasync ─▶ one transaction {position, hashes} ─▶ GOT
import type { Primitives } from '../../../crypto/primitives.ts';
import { FILE_BLOCK_BYTES, FILE_HASH_BYTES } from '../../../protocol/files/limits.ts';
import { blockCount, fileRoot } from '../../../protocol/files/file-root.ts';
import { equal } from '../../../crypto/bytes.ts';
import { deferred, type Deferred } from '../../../timing/deferred.ts';
import { isOfTheDisk } from '../disk-errors.ts';
import type { Clock } from '../../../timing/clock.ts';
import type { BlockHashes } from '../block-hashes.ts';

/** What is written is made durable, and told, after so much or so long: what a crash costs at most. */
export const CHECKPOINT_BYTES = 32 * 1024 * 1024;
export const CHECKPOINT_MS = 1_000;

/** Blocks that are read and not written yet: beyond this, the sender waits. */
export const BLOCKS_WAITING = 3;

/** What it is written to, a block at a time. */
export interface WritableFile {
  write(position: number, bytes: Uint8Array): Promise<void>;
  /** What was written is on the disk. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

export interface IncomingOptions {
  readonly primitives: Primitives;
  readonly clock: Clock;
  readonly file: WritableFile;
  readonly size: number;
  /** A multiple of FILE_BLOCK_BYTES, or the size: durable already. */
  readonly from: number;
  /** Of exactly the blocks before `from`. */
  readonly hashes: BlockHashes;
  /** Stores how far it is; `whole`: all of it is here, and right. @returns false when there is no such transfer any more. */
  readonly store: (position: number, whole: boolean) => Promise<boolean>;
  readonly listener: IncomingListener;
  /** Its room is needed no more. */
  readonly onClosed: () => void;
}

export interface IncomingListener {
  /** Stored. */
  onDurable: (position: number, whole: boolean) => void;
  /** It cannot be written: the file system's error. What was sent is not what came: null. */
  onFailure: (error: unknown) => void;
}

export class Incoming {
  /** Up to where it has come, which need not be durable. */
  expected: number;
  readonly #options: IncomingOptions;
  #block: Uint8Array;
  #filled = 0;
  #waiting = 0;
  #written: number;
  #durable: number;
  #durableAt: number;
  #root: Uint8Array | null = null;
  #work: Promise<void> = Promise.resolve();
  #failed = false;
  /** One for all who wait. */
  #room: Deferred<void> | null = null;

  constructor(options: IncomingOptions) {
    this.#options = options;
    this.expected = options.from;
    this.#written = options.from;
    this.#durable = options.from;
    this.#durableAt = options.clock.monotonic();
    this.#block = this.#nextBlock();
  }

  /** The hash of the block before `from`; zeros at the beginning. */
  get lastHash(): Uint8Array {
    const { from, hashes } = this.#options;
    return from === 0 ? new Uint8Array(FILE_HASH_BYTES) : hashes.of(blockCount(from) - 1);
  }

  /** @param position equal to `expected`. @returns false when the bytes do not fit there. */
  take(bytes: Uint8Array): boolean {
    if (this.#failed || bytes.length > this.#block.length - this.#filled) return false;
    this.#block.set(bytes, this.#filled);
    this.#filled += bytes.length;
    this.expected += bytes.length;
    if (this.#filled === this.#block.length) this.#queueBlock();
    return true;
  }

  /** The sender has sent all of it. */
  end(root: Uint8Array): void {
    this.#root = root;
    this.#queue(() => this.#finish());
  }

  /** Null: there is room for more. A promise: until then, nothing more shall come. */
  room(): Promise<void> | null {
    if (this.#waiting < BLOCKS_WAITING) return null;
    this.#room ??= deferred();
    return this.#room.promise;
  }

  /** Ends it: what came whole is made durable first, unless it cannot be. */
  async close(): Promise<void> {
    this.#queue(() => this.#checkpoint(false));
    await this.#work;
    this.#failed = true;
    try {
      await this.#options.file.close();
    } catch (error) {
      // What is durable is: it was synced before.
      if (!isOfTheDisk(error)) throw error;
    } finally {
      this.#options.onClosed();
    }
  }

  #makeRoom(): void {
    this.#room?.resolve();
    this.#room = null;
  }

  #nextBlock(): Uint8Array {
    return new Uint8Array(Math.min(FILE_BLOCK_BYTES, this.#options.size - this.expected));
  }

  #queueBlock(): void {
    const block = this.#block;
    this.#block = this.#nextBlock();
    this.#filled = 0;
    this.#waiting += 1;
    this.#queue(async () => {
      this.#options.hashes.push(this.#options.primitives.sha256(block));
      await this.#options.file.write(this.#written, block);
      this.#written += block.length;
      this.#waiting -= 1;
      this.#makeRoom();
      if (this.#isDue && this.#written < this.#options.size) await this.#checkpoint(false);
    });
  }

  get #isDue(): boolean {
    const since = this.#options.clock.monotonic() - this.#durableAt;
    return this.#written - this.#durable >= CHECKPOINT_BYTES || since >= CHECKPOINT_MS;
  }

  async #finish(): Promise<void> {
    const { primitives, size, hashes } = this.#options;
    if (this.#written !== size || !this.#root) return;
    const isRight = equal(fileRoot(primitives, size, hashes.all()), this.#root);
    if (isRight) await this.#checkpoint(true);
    else this.#fail(null);
  }

  async #checkpoint(whole: boolean): Promise<void> {
    const { file, store, listener, clock } = this.#options;
    if (this.#written === this.#durable && !whole) return;
    await file.sync();
    const position = this.#written;
    if (!(await store(position, whole))) return;
    this.#durable = position;
    this.#durableAt = clock.monotonic();
    listener.onDurable(position, whole);
  }

  /** One after the other; after a failure nothing more. */
  #queue(work: () => Promise<void>): void {
    this.#work = this.#work.then(async () => {
      if (this.#failed) return;
      try {
        await work();
      } catch (error) {
        this.#fail(error);
      }
    });
  }

  #fail(error: unknown): void {
    this.#failed = true;
    this.#makeRoom();
    this.#options.listener.onFailure(error);
  }
}
