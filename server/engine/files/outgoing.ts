// One file as it goes out: block after block read, hashed and sent in chunks, no faster than the network takes them. One of
// these lives from one WANT to whatever stops it.
import { setImmediate as nextTurn } from 'node:timers/promises';
import { equal } from '../../crypto/bytes.ts';
import type { Primitives } from '../../crypto/primitives.ts';
import { encodeData, encodeEnd, type Want } from '../../protocol/files/file-records.ts';
import { blockCount, fileRoot } from '../../protocol/files/file-root.ts';
import { FILE_BLOCK_BYTES, FILE_CHUNK_BYTES } from '../../protocol/files/limits.ts';
import { RECORD } from '../../protocol/records.ts';
import type { Link } from '../links/link.ts';
import type { BlockHashes } from './block-hashes.ts';
import { SourceLost, type Source } from './source.ts';

/** Chunks written in one turn of the event loop: half a millisecond, and one PAD for all of them. */
const CHUNKS_AT_ONCE = 4;

/** Bytes that the network has not taken, beyond which we wait: a turn or two ahead of it. */
const BACKLOG_BYTES = 1024 * 1024;

export interface OutgoingOptions {
  readonly primitives: Primitives;
  readonly link: Pick<Link, 'send' | 'backlog' | 'closed'>;
  readonly source: Source;
  readonly size: number;
  readonly want: Want;
  /** Of the first blocks, as far as they are known. */
  readonly hashes: BlockHashes;
  /** Called before each block. */
  readonly onSent: (position: number) => void;
}

export class OutgoingFile {
  readonly #options: OutgoingOptions;
  #stopped = false;
  #onDrain: (() => void) | null = null;

  constructor(options: OutgoingOptions) {
    this.#options = options;
  }

  /** The link may have room again. */
  drained(): void {
    this.#onDrain?.();
    this.#onDrain = null;
  }

  stop(): void {
    this.#stopped = true;
    this.drained();
  }

  /** Resolves when all is sent, or it was stopped. @throws SourceLost; Error of the file system: not now. */
  async run(): Promise<void> {
    const { size, want, source, hashes } = this.#options;
    const first = blockCount(want.from);
    await this.#hashUpTo(first);
    if (this.#isOver()) return;
    // What they have is of another file than what is here.
    if (first > 0 && !equal(hashes.of(first - 1), want.hash)) throw new SourceLost('changed');
    for (let block = first; block < blockCount(size); block += 1) {
      const bytes = await source.read(block);
      this.#note(block, bytes);
      await this.#send(block * FILE_BLOCK_BYTES, bytes);
      if (this.#isOver()) return;
    }
    await source.check();
    if (this.#isOver()) return;
    const root = fileRoot(this.#options.primitives, size, hashes.all());
    this.#options.link.send(RECORD.end, encodeEnd({ id: want.id, root }));
  }

  #isOver(): boolean {
    return this.#stopped || this.#options.link.closed;
  }

  /** Blocks they have, and we have no hash of: after a crash, the last few. The one before `from` is looked at in any case. */
  async #hashUpTo(first: number): Promise<void> {
    const { source, hashes } = this.#options;
    for (let block = Math.min(hashes.count, Math.max(0, first - 1)); block < first && !this.#isOver(); block += 1) {
      this.#note(block, await source.read(block));
      await nextTurn();
    }
  }

  #note(block: number, bytes: Uint8Array): void {
    const { primitives, hashes } = this.#options;
    const hash = primitives.sha256(bytes);
    if (block === hashes.count) hashes.push(hash);
    else if (!equal(hashes.of(block), hash)) throw new SourceLost('changed');
  }

  async #send(position: number, block: Uint8Array): Promise<void> {
    const { link, want, onSent } = this.#options;
    onSent(position);
    let chunks = 0;
    for (let at = 0; at < block.length; at += FILE_CHUNK_BYTES) {
      if (this.#isOver()) return;
      const bytes = block.subarray(at, at + FILE_CHUNK_BYTES);
      link.send(RECORD.data, encodeData({ id: want.id, position: position + at, bytes }));
      chunks += 1;
      if (chunks % CHUNKS_AT_ONCE === 0) await this.#room();
    }
    await this.#room();
  }

  async #room(): Promise<void> {
    await nextTurn();
    while (!this.#isOver() && this.#options.link.backlog > BACKLOG_BYTES) {
      await new Promise<void>((resolve) => {
        this.#onDrain = resolve;
      });
    }
  }
}
