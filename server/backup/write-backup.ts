// Makes a backup file of an open profile, chunk by chunk, under another name until it is whole, on the disk and proven.
import { createHash } from 'node:crypto';
import { toHex } from '../crypto/bytes.ts';
import type { Primitives } from '../crypto/primitives.ts';
import type { Store } from '../storage/profile-store.ts';
import { Chunks, paddedChunks, SEALED_CHUNK_BYTES } from './chunks.ts';
import type { FileNumber, Files } from './files.ts';
import { makeHeader, type BackupSecret } from './header.ts';
import { CHUNK_BYTES } from './limits.ts';
import { framed, Tally, type Counts } from './records.ts';
import { snapshot } from './snapshot.ts';

/** Behind the name of a file that is not whole yet. */
export const PART = '.part';

export interface WriteOptions {
  readonly store: Store;
  readonly primitives: Primitives;
  readonly secret: BackupSecret;
  readonly files: Files;
  /** Absolute; nothing may be there. */
  readonly path: string;
  /** Now, ms. */
  readonly at: number;
  readonly signal: AbortSignal;
  readonly onProgress: (share: number) => void;
  /** Reads what was written, before it gets its name. What it throws is thrown, and nothing is left. */
  readonly prove: (path: string) => Promise<unknown>;
}

export interface WrittenBackup {
  readonly bytes: number;
  readonly counts: Counts;
  /** Messages that could not be read, and are not in it. */
  readonly damaged: number;
  /** Messages that no record holds, and are not in it. */
  readonly tooLarge: number;
}

/** @throws CommandError file-…; StorageError; what `prove` throws; whatever `signal` is aborted with. Nothing is left then. */
export async function writeBackup(options: WriteOptions): Promise<WrittenBackup> {
  const { path, primitives, files, prove } = options;
  const part = `${path}.${toHex(primitives.random(4))}${PART}`;
  const file = await files.create(part);
  try {
    const written = await writeAll(options, file);
    await prove(part);
    await files.giveName(file, path);
    return written;
  } catch (error) {
    // Where that fails, it is done when the work with files ends.
    await files.close(file).catch(() => undefined);
    throw error;
  }
}

async function writeAll(
  { store, primitives, secret, files, at, signal, onProgress }: WriteOptions,
  file: FileNumber,
): Promise<WrittenBackup> {
  const { bytes: header, keys } = makeHeader(primitives, secret);
  await files.write(file, header);
  const writer = new ChunkWriter(new Chunks(primitives, keys), (bytes) => files.write(file, bytes));
  await writer.add(framed({ t: 'backup', at }));
  const tally = new Tally();
  const digest = createHash('sha256');
  let [damaged, tooLarge] = [0, 0];
  for await (const batch of snapshot(store, signal)) {
    for (const { record, bytes } of batch.entries) {
      tally.add(record);
      digest.update(bytes);
      await writer.add(bytes);
    }
    damaged += batch.damaged;
    tooLarge += batch.tooLarge;
    onProgress(batch.share);
  }
  await writer.add(framed({ t: 'end', ...tally.counts, damaged, tooLarge, digest: new Uint8Array(digest.digest()) }));
  const count = await writer.finish();
  await files.sync(file);
  return { bytes: header.length + count * SEALED_CHUNK_BYTES, counts: tally.counts, damaged, tooLarge };
}

/** Collects bytes into chunks. A full one waits for what comes: only then is it known whether it is the last. */
class ChunkWriter {
  readonly #write: (bytes: Uint8Array) => Promise<void>;
  readonly #chunks: Chunks;
  readonly #buffer = new Uint8Array(CHUNK_BYTES);
  #filled = 0;
  #count = 0;

  constructor(chunks: Chunks, write: (bytes: Uint8Array) => Promise<void>) {
    this.#chunks = chunks;
    this.#write = write;
  }

  async add(bytes: Uint8Array): Promise<void> {
    let offset = 0;
    while (offset < bytes.length) {
      if (this.#filled === CHUNK_BYTES) await this.#seal(false);
      const piece = bytes.subarray(offset, offset + CHUNK_BYTES - this.#filled);
      this.#buffer.set(piece, this.#filled);
      this.#filled += piece.length;
      offset += piece.length;
    }
  }

  /** @returns how many chunks there are. */
  async finish(): Promise<number> {
    const total = paddedChunks(this.#count + 1);
    while (this.#count + 1 < total) await this.#seal(false);
    await this.#seal(true);
    return this.#count;
  }

  async #seal(last: boolean): Promise<void> {
    this.#buffer.fill(0, this.#filled);
    await this.#write(this.#chunks.seal(this.#buffer, last));
    this.#filled = 0;
    this.#count += 1;
  }
}
