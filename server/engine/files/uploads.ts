// Files that the page hands over, piece by piece, into sealed copies. A copy that is whole is offered in a message; what is never
// whole, or never offered, is removed.
import { CommandError } from '../../contract/errors.ts';
import { toHex } from '../../crypto/bytes.ts';
import type { Primitives } from '../../crypto/primitives.ts';
import { FILE_BLOCK_BYTES } from '../../protocol/files/limits.ts';
import { newSealedPlace, SealedFile, withRun, type SealedPlace } from '../../storage/files/sealed-file.ts';
import type { Store } from '../../storage/profile-store.ts';
import type { Clock } from '../../timing/clock.ts';
import { runInBackground } from '../background.ts';
import { hasRoom } from './acceptance.ts';
import { BlockHashes } from './block-hashes.ts';
import { isFull } from './disk-errors.ts';

/** At once: an album, and each holds a MiB of memory. */
const UPLOADS = 64;

/** Nothing came for so long: the tab is gone. */
const FORGOTTEN_MS = 10 * 60 * 1000;

/** What is to be offered, of a file that was handed over or one on the disk. */
export interface FileToOffer {
  readonly name: string;
  readonly size: number;
  readonly type: string;
  readonly width?: number | undefined;
  readonly height?: number | undefined;
}

/** A copy that is whole. */
export interface WholeCopy {
  readonly file: FileToOffer;
  readonly place: SealedPlace;
  readonly hashes: BlockHashes;
}

interface Upload {
  readonly file: FileToOffer;
  readonly place: SealedPlace;
  readonly sealed: SealedFile;
  readonly hashes: BlockHashes;
  received: number;
  written: number;
  block: Uint8Array;
  filled: number;
  busy: boolean;
  cancel: () => void;
}

export interface UploadsOptions {
  readonly primitives: Primitives;
  readonly random: (length: number) => Uint8Array;
  readonly clock: Clock;
  readonly store: Store;
}

export class Uploads {
  readonly #options: UploadsOptions;
  readonly #uploads = new Map<string, Upload>();
  #opening = 0;

  constructor(options: UploadsOptions) {
    this.#options = options;
  }

  /** Resolves when every file is closed; what was not offered is removed. */
  async stop(): Promise<void> {
    await Promise.all([...this.#uploads.keys()].map((ticket) => this.discard(ticket)));
  }

  /** Names of the copies under way. */
  names(): readonly string[] {
    return [...this.#uploads.values()].map(({ place }) => place.name);
  }

  /** @returns its ticket. @throws CommandError too-many, disk-full. */
  async begin(file: FileToOffer): Promise<string> {
    const { store, primitives, random } = this.#options;
    if (this.#uploads.size + this.#opening >= UPLOADS) throw new CommandError('too-many', 'too many files at once');
    this.#opening += 1;
    try {
      const under = [...this.#uploads.values()].reduce((sum, each) => sum + each.file.size, file.size);
      if (!hasRoom(await store.files.space(), file.size, store.transfers.heldBytes() + under)) throw full();
      const place = withRun(newSealedPlace(random), 0, random);
      await store.files.makeRoomFor(place);
      const path = store.files.pathOf(place);
      const sealed = await SealedFile.open({ primitives, path, place, size: file.size }, 'write');
      const ticket = toHex(random(16));
      const upload: Upload = {
        ...{ file, place, sealed, received: 0, written: 0, filled: 0, busy: false },
        hashes: BlockHashes.none(),
        block: new Uint8Array(Math.min(FILE_BLOCK_BYTES, file.size)),
        cancel: () => undefined,
      };
      this.#uploads.set(ticket, upload);
      this.#wait(ticket, upload);
      return ticket;
    } catch (error) {
      throw isFull(error) ? full() : error;
    } finally {
      this.#opening -= 1;
    }
  }

  /** How much of it is here; null: no such upload. */
  received(ticket: string): number | null {
    return this.#uploads.get(ticket)?.received ?? null;
  }

  /**
   * Takes the next piece, as it comes. @returns how much is here then.
   * @throws CommandError file-unknown, file-state (it does not begin where the last ended, or another is under way),
   * file-too-large, disk-full.
   */
  async write(ticket: string, offset: number, pieces: AsyncIterable<Uint8Array>): Promise<number> {
    const upload = this.#get(ticket);
    if (upload.busy || upload.received !== offset)
      throw new CommandError('file-state', 'not where the last piece ended');
    upload.busy = true;
    upload.cancel();
    try {
      for await (const piece of pieces) await this.#take(upload, piece);
    } catch (error) {
      throw isFull(error) ? full() : error;
    } finally {
      upload.busy = false;
      this.#wait(ticket, upload);
    }
    return upload.received;
  }

  /** All of it is here, and durable. It is the caller's from then on. @throws CommandError file-unknown, file-state. */
  async finish(ticket: string): Promise<WholeCopy> {
    const upload = this.#get(ticket);
    if (upload.busy || upload.written !== upload.file.size)
      throw new CommandError('file-state', 'not all of it is here');
    this.#forget(ticket, upload);
    await upload.sealed.sync();
    await upload.sealed.close();
    return upload;
  }

  async discard(ticket: string): Promise<void> {
    const upload = this.#uploads.get(ticket);
    if (!upload) return;
    this.#forget(ticket, upload);
    await upload.sealed.close();
    await this.#options.store.files.remove(upload.place);
  }

  #get(ticket: string): Upload {
    const upload = this.#uploads.get(ticket);
    if (!upload) throw new CommandError('file-unknown', 'no such file is being handed over');
    return upload;
  }

  async #take(upload: Upload, piece: Uint8Array): Promise<void> {
    for (let at = 0; at < piece.length;) {
      const room = upload.block.length - upload.filled;
      if (room === 0) throw new CommandError('file-too-large', 'more than was announced');
      const part = piece.subarray(at, at + room);
      upload.block.set(part, upload.filled);
      upload.filled += part.length;
      upload.received += part.length;
      at += part.length;
      if (upload.filled === upload.block.length) await this.#writeBlock(upload);
    }
  }

  async #writeBlock(upload: Upload): Promise<void> {
    const { block, written, file } = upload;
    await upload.sealed.write(written, block);
    upload.hashes.push(this.#options.primitives.sha256(block));
    upload.written += block.length;
    upload.filled = 0;
    upload.block = new Uint8Array(Math.min(FILE_BLOCK_BYTES, file.size - upload.written));
  }

  #forget(ticket: string, upload: Upload): void {
    upload.cancel();
    this.#uploads.delete(ticket);
  }

  #wait(ticket: string, upload: Upload): void {
    upload.cancel();
    if (!this.#uploads.has(ticket)) return;
    upload.cancel = this.#options.clock.after(FORGOTTEN_MS, () => runInBackground(this.discard(ticket)));
  }
}

function full(): CommandError {
  return new CommandError('disk-full', 'there is no room for it on this disk');
}
