// Makes a backup file of an open profile, chunk by chunk, under another name until it is whole and on the disk.
import { createHash } from 'node:crypto';
import { open, type FileHandle } from 'node:fs/promises';
import { toHex, u32 } from '../crypto/bytes.ts';
import type { Primitives } from '../crypto/primitives.ts';
import type { Store } from '../storage/profile-store.ts';
import { Chunks, paddedChunks } from './chunks.ts';
import { giveName, onFiles, removeFile } from './files.ts';
import { makeHeader, type BackupSecret } from './header.ts';
import { CHUNK_BYTES } from './limits.ts';
import { encodeRecord, Tally, type BackupRecord, type Counts } from './records.ts';
import { snapshot } from './snapshot.ts';

/** Behind the name of a file that is not whole yet. */
export const PART = '.part';

export interface WriteOptions {
  readonly store: Store;
  readonly primitives: Primitives;
  readonly secret: BackupSecret;
  /** Absolute; nothing may be there. */
  readonly path: string;
  /** Now, ms. */
  readonly at: number;
  readonly signal: AbortSignal;
  readonly onProgress: (share: number) => void;
}

export interface WrittenBackup {
  readonly bytes: number;
  readonly counts: Counts;
  /** Messages that could not be read, and are not in it. */
  readonly damaged: number;
}

/** @throws CommandError file-…; StorageError; whatever `signal` is aborted with. Nothing is left then. */
export function writeBackup(options: WriteOptions): Promise<WrittenBackup> {
  return onFiles(async () => {
    const { path, primitives } = options;
    const part = `${path}.${toHex(primitives.random(4))}${PART}`;
    const handle = await open(part, 'wx', 0o600);
    try {
      const written = await writeAll(options, handle).finally(() => handle.close());
      await giveName(part, path);
      return written;
    } catch (error) {
      await removeFile(part);
      throw error;
    }
  });
}

async function writeAll(
  { store, primitives, secret, at, signal, onProgress }: WriteOptions,
  handle: FileHandle,
): Promise<WrittenBackup> {
  const { bytes: header, keys } = makeHeader(primitives, secret);
  await handle.writeFile(header);
  const writer = new ChunkWriter(handle, new Chunks(primitives, keys));
  await writer.add(framed({ t: 'backup', at }));
  const tally = new Tally();
  const digest = createHash('sha256');
  let damaged = 0;
  for await (const batch of snapshot(store, signal)) {
    for (const record of batch.records) {
      const bytes = framed(record);
      tally.add(record);
      digest.update(bytes);
      await writer.add(bytes);
    }
    damaged += batch.damaged;
    onProgress(batch.share);
  }
  await writer.add(framed({ t: 'end', ...tally.counts, damaged, digest: new Uint8Array(digest.digest()) }));
  await writer.finish();
  await handle.sync();
  const { size } = await handle.stat();
  return { bytes: size, counts: tally.counts, damaged };
}

/** A record as it stands in the plaintext. */
export function framed(record: BackupRecord): Uint8Array {
  const body = encodeRecord(record);
  const bytes = new Uint8Array(4 + body.length);
  bytes.set(u32(body.length));
  bytes.set(body, 4);
  return bytes;
}

/** Collects bytes into chunks. A full one waits for what comes: only then is it known whether it is the last. */
class ChunkWriter {
  readonly #handle: FileHandle;
  readonly #chunks: Chunks;
  readonly #buffer = new Uint8Array(CHUNK_BYTES);
  #filled = 0;
  #count = 0;

  constructor(handle: FileHandle, chunks: Chunks) {
    this.#handle = handle;
    this.#chunks = chunks;
  }

  async add(bytes: Uint8Array): Promise<void> {
    let offset = 0;
    while (offset < bytes.length) {
      if (this.#filled === CHUNK_BYTES) await this.#write(false);
      const piece = bytes.subarray(offset, offset + CHUNK_BYTES - this.#filled);
      this.#buffer.set(piece, this.#filled);
      this.#filled += piece.length;
      offset += piece.length;
    }
  }

  async finish(): Promise<void> {
    const total = paddedChunks(this.#count + 1);
    while (this.#count + 1 < total) await this.#write(false);
    await this.#write(true);
  }

  async #write(last: boolean): Promise<void> {
    this.#buffer.fill(0, this.#filled);
    await this.#handle.writeFile(this.#chunks.seal(this.#buffer, last));
    this.#filled = 0;
    this.#count += 1;
  }
}
