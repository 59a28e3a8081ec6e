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
import { BlockHashes } from './block-hashes.ts';
import { diskTrouble } from './disk-errors.ts';
import type { Room } from './room.ts';

/** At once: an album, and each holds a MiB of memory. */
export const UPLOADS = 64;

/** Nothing came for so long: the tab is gone. */
export const FORGOTTEN_MS = 10 * 60 * 1000;

/** What is to be offered, of a file that was handed over or one on the disk. */
export interface FileToOffer {
  readonly name: string;
  readonly size: number;
  readonly type: string;
  readonly width?: number | undefined;
  readonly height?: number | undefined;
  /** ms. */
  readonly duration?: number | undefined;
  /** In hex. */
  readonly waveform?: string | undefined;
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
  /** Its name is ours no more, nor its room. */
  readonly settle: () => void;
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
  readonly room: Room;
}

export class Uploads {
  readonly #options: UploadsOptions;
  readonly #uploads = new Map<string, Upload>();
  /** Of files that are here, or about to be, and belong to no message yet. */
  readonly #names = new Set<string>();
  readonly #opening = new Set<Promise<unknown>>();
  readonly #finishing = new Set<Promise<unknown>>();
  #stopped = false;

  constructor(options: UploadsOptions) {
    this.#options = options;
  }

  /** Resolves when every file is closed; what was not offered is removed. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.allSettled([...this.#opening, ...this.#finishing]);
    await Promise.all([...this.#uploads.keys()].map((ticket) => this.discard(ticket)));
  }

  /** Names of the copies under way. */
  names(): readonly string[] {
    return [...this.#names];
  }

  /** @returns its ticket. @throws CommandError too-many, disk-full, system-busy, storage-failed, locked. */
  async begin(file: FileToOffer): Promise<string> {
    if (this.#stopped) throw new CommandError('locked', 'the profile is closed');
    if (this.#uploads.size + this.#opening.size >= UPLOADS)
      throw new CommandError('too-many', 'too many files at once');
    const opening = this.#open(file);
    this.#opening.add(opening);
    try {
      const upload = await opening;
      const ticket = toHex(this.#options.random(16));
      this.#uploads.set(ticket, upload);
      this.#wait(ticket, upload);
      return ticket;
    } catch (error) {
      throw diskTrouble(error);
    } finally {
      this.#opening.delete(opening);
    }
  }

  /** How much of it is here; null: no such upload. */
  received(ticket: string): number | null {
    return this.#uploads.get(ticket)?.received ?? null;
  }

  /**
   * Takes the next piece, as it comes. @returns how much is here then.
   * @throws CommandError file-unknown, file-state (it does not begin where the last ended, or another is under way),
   * file-too-large, disk-full, system-busy, storage-failed.
   */
  async write(ticket: string, offset: number, pieces: AsyncIterable<Uint8Array>): Promise<number> {
    const upload = this.#get(ticket);
    if (upload.busy || upload.received !== offset)
      throw new CommandError('file-state', 'not where the last piece ended');
    upload.busy = true;
    upload.cancel();
    try {
      // One that the disk refused before.
      await this.#writeFull(upload);
      for await (const piece of pieces) await this.#take(upload, piece);
      this.#get(ticket);
    } catch (error) {
      this.#get(ticket);
      throw diskTrouble(error);
    } finally {
      upload.busy = false;
      this.#wait(ticket, upload);
    }
    return upload.received;
  }

  /**
   * All of it is here, and durable; where it is not taken, it is removed.
   * @param take puts it into a message, and fails only where that fails. @throws CommandError file-unknown, file-state, disk-full, system-busy, storage-failed.
   */
  async finish<T>(ticket: string, take: (copy: WholeCopy) => Promise<T>): Promise<T> {
    const upload = this.#get(ticket);
    if (upload.busy || upload.written !== upload.file.size)
      throw new CommandError('file-state', 'not all of it is here');
    this.#forget(ticket, upload);
    const finishing = this.#handOver(upload, take);
    this.#finishing.add(finishing);
    try {
      return await finishing;
    } finally {
      this.#finishing.delete(finishing);
    }
  }

  async #handOver<T>(upload: Upload, take: (copy: WholeCopy) => Promise<T>): Promise<T> {
    try {
      await upload.sealed.sync();
      await upload.sealed.close();
      const taken = await take(upload);
      upload.settle();
      return taken;
    } catch (error) {
      await this.#remove(upload);
      throw diskTrouble(error);
    }
  }

  async discard(ticket: string): Promise<void> {
    const upload = this.#uploads.get(ticket);
    if (!upload) return;
    this.#forget(ticket, upload);
    await this.#remove(upload);
  }

  /** What cannot be removed now is found by the next sweep. */
  async #remove({ sealed, place, settle }: Upload): Promise<void> {
    await sealed.close().catch(() => undefined);
    await this.#options.store.files.remove(place).catch(() => undefined);
    settle();
  }

  async #open(file: FileToOffer): Promise<Upload> {
    const { store, primitives, random, room } = this.#options;
    const place = withRun(newSealedPlace(random), 0, random);
    const under = { written: 0 };
    const giveBack = await room.claim({ missing: () => file.size - under.written, uncounted: () => file.size });
    if (!giveBack) throw new CommandError('disk-full', 'there is no room for it on this disk');
    const settle = (): void => {
      this.#names.delete(place.name);
      giveBack();
    };
    this.#names.add(place.name);
    try {
      await store.files.makeRoomFor(place);
      const path = store.files.pathOf(place);
      const sealed = await SealedFile.open({ primitives, path, place, size: file.size }, 'write');
      const block = new Uint8Array(Math.min(FILE_BLOCK_BYTES, file.size));
      const fresh = { received: 0, written: 0, block, filled: 0, busy: false, cancel: () => undefined };
      return Object.assign(under, fresh, { file, place, sealed, hashes: BlockHashes.none(), settle });
    } catch (error) {
      settle();
      throw error;
    }
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
      await this.#writeFull(upload);
    }
  }

  async #writeFull(upload: Upload): Promise<void> {
    const { block, written, file, filled } = upload;
    if (filled === 0 || filled < block.length) return;
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
