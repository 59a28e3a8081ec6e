// A file as it stands sealed on disk: chunks of 64 KiB, each ChaCha20-Poly1305, one behind the other and nothing else (STREAM,
// as age has it). The nonce is the chunk's index and whether it is the last, so none can be moved or left out; the file's id is
// the AAD. The file's own key stands in the transfer's sealed row: with the row gone, nobody reads the file.
//
// Each run of writing has a fresh salt, journaled before its first byte: what a crash left half written is written again, under
// another key, so that no key and nonce ever meet two plaintexts.
import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { z } from 'zod';
import { concat, u64, utf8, wipe } from '../../crypto/bytes.ts';
import type { Primitives } from '../../crypto/primitives.ts';
import { StorageError } from '../errors.ts';
import { bytesSchema } from '../sealing/sealing.ts';
import { readFully } from './read-fully.ts';

/** Plaintext of a chunk. */
export const SEALED_CHUNK_BYTES = 64 * 1024;
const TAG_BYTES = 16;
const SEALED_BYTES = SEALED_CHUNK_BYTES + TAG_BYTES;
const KEY_BYTES = 32;
const SALT_BYTES = 16;
const LABEL = utf8('loom/2 sealed file');

/** Where one is, and what opens it. */
export const sealedPlaceSchema = z.object({
  /** 32 hex digits. */
  name: z.string().regex(/^[0-9a-f]{32}$/),
  key: bytesSchema,
  /** `first`: the chunk from which on it counts, until the next begins. */
  runs: z.array(z.object({ salt: bytesSchema, first: z.number() })).readonly(),
});
export type SealedPlace = Readonly<z.infer<typeof sealedPlaceSchema>>;

export interface SealedFileOptions {
  readonly primitives: Primitives;
  readonly path: string;
  readonly place: SealedPlace;
  /** Of the plaintext. */
  readonly size: number;
}

/** A place for a file that is not there yet. */
export function newSealedPlace(random: (length: number) => Uint8Array): SealedPlace {
  return { name: Buffer.from(random(16)).toString('hex'), key: random(KEY_BYTES), runs: [] };
}

/** Writing begins (anew) at `position`, a multiple of the chunk: to be durable before anything is written. */
export function withRun(place: SealedPlace, position: number, random: (length: number) => Uint8Array): SealedPlace {
  const first = position / SEALED_CHUNK_BYTES;
  if (!Number.isInteger(first)) throw new Error('a run begins at a chunk');
  // Runs that began here or later have written nothing that counts.
  const runs = place.runs.filter((run) => run.first < first);
  return { ...place, runs: [...runs, { salt: random(SALT_BYTES), first }] };
}

export class SealedFile {
  readonly #options: SealedFileOptions;
  readonly #handle: FileHandle;
  readonly #keys: readonly { readonly key: Uint8Array; readonly first: number }[];
  readonly #id: Uint8Array;
  readonly #last: number;

  private constructor(options: SealedFileOptions, handle: FileHandle) {
    this.#options = options;
    this.#handle = handle;
    const { primitives, place, size } = options;
    this.#keys = place.runs.map(({ salt, first }) => {
      const info = concat(LABEL, chunkNonce(first, false));
      return { first, key: primitives.hkdfSha256(salt, place.key, info, KEY_BYTES) };
    });
    this.#id = utf8(place.name);
    this.#last = Math.max(0, Math.ceil(size / SEALED_CHUNK_BYTES) - 1);
  }

  /** @param mode `write`: made when it is not there, 0600. @throws Error of the file system. */
  static async open(options: SealedFileOptions, mode: 'read' | 'write'): Promise<SealedFile> {
    const { O_CREAT, O_RDONLY, O_RDWR } = constants;
    const flags = mode === 'read' ? O_RDONLY : O_RDWR | O_CREAT;
    return new SealedFile(options, await open(options.path, flags, 0o600));
  }

  /** @param position a multiple of the chunk. @param bytes whole chunks, but for the last of the file. */
  async write(position: number, bytes: Uint8Array): Promise<void> {
    const first = position / SEALED_CHUNK_BYTES;
    const count = Math.ceil(bytes.length / SEALED_CHUNK_BYTES);
    const sealed = new Uint8Array(bytes.length + count * TAG_BYTES);
    for (let n = 0; n < count; n += 1) {
      const chunk = bytes.subarray(n * SEALED_CHUNK_BYTES, (n + 1) * SEALED_CHUNK_BYTES);
      sealed.set(this.#seal(first + n, chunk), n * SEALED_BYTES);
    }
    await writeAll(this.#handle, sealed, first * SEALED_BYTES);
  }

  /**
   * @returns `length` bytes from `position`, or as many as there are up to the end.
   * @throws StorageError damaged: it is not what was written there.
   */
  async read(position: number, length: number): Promise<Uint8Array> {
    const end = Math.min(position + length, this.#options.size);
    if (end <= position) return new Uint8Array(0);
    const first = Math.floor(position / SEALED_CHUNK_BYTES);
    const behind = Math.ceil(end / SEALED_CHUNK_BYTES);
    const plainEnd = Math.min(behind * SEALED_CHUNK_BYTES, this.#options.size);
    const sealed = new Uint8Array(plainEnd - first * SEALED_CHUNK_BYTES + (behind - first) * TAG_BYTES);
    if (!(await readFully(this.#handle, sealed, first * SEALED_BYTES)))
      throw new StorageError('damaged', 'a file is shorter than what was written');
    const plain = new Uint8Array(plainEnd - first * SEALED_CHUNK_BYTES);
    for (let n = 0; first + n < behind; n += 1) {
      const opened = this.#open(first + n, sealed.subarray(n * SEALED_BYTES, (n + 1) * SEALED_BYTES));
      plain.set(opened, n * SEALED_CHUNK_BYTES);
    }
    const skipped = position - first * SEALED_CHUNK_BYTES;
    return plain.subarray(skipped, skipped + end - position);
  }

  /** What was written is on the disk. */
  sync(): Promise<void> {
    return this.#handle.datasync();
  }

  async close(): Promise<void> {
    wipe(...this.#keys.map(({ key }) => key));
    await this.#handle.close();
  }

  #seal(chunk: number, plain: Uint8Array): Uint8Array {
    const nonce = chunkNonce(chunk, chunk === this.#last);
    return this.#options.primitives.chacha20poly1305Seal(this.#keyOf(chunk), nonce, plain, this.#id);
  }

  #open(chunk: number, sealed: Uint8Array): Uint8Array {
    const nonce = chunkNonce(chunk, chunk === this.#last);
    const plain = this.#options.primitives.chacha20poly1305Open(this.#keyOf(chunk), nonce, sealed, this.#id);
    if (!plain) throw new StorageError('damaged', 'a file is not what was written');
    return plain;
  }

  #keyOf(chunk: number): Uint8Array {
    const run = this.#keys.findLast(({ first }) => first <= chunk);
    if (!run) throw new StorageError('damaged', 'nothing was written there');
    return run.key;
  }
}

/** index(11) ‖ last(1). */
function chunkNonce(chunk: number, isLast: boolean): Uint8Array {
  return concat(new Uint8Array(3), u64(chunk), Uint8Array.of(Number(isLast)));
}

async function writeAll(handle: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, position + done);
    done += bytesWritten;
  }
}
