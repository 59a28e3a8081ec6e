// A file that comes into a folder of the person's own, as it is: under a hidden name until it is whole, then under one that is
// free there, never over another. In that folder anybody of this computer's may tidy up meanwhile.
import { randomBytes } from 'node:crypto';
import { constants, type Stats } from 'node:fs';
import { link, lstat, open, rename, rm, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { readFully } from './read-fully.ts';

/** Where one is until it is whole. */
export const partPlaceSchema = z.object({
  folder: z.string(),
  /** Its hidden name there, drawn at random: no other program makes a file of that name. */
  part: z.string().regex(/^\.[0-9a-f]{16}\.loom-part$/),
});
export type PartPlace = Readonly<z.infer<typeof partPlaceSchema>>;

const { O_CREAT, O_EXCL, O_RDWR } = constants;
/** Windows has no such flag. */
const O_NOFOLLOW = process.platform === 'win32' ? 0 : constants.O_NOFOLLOW;

/** A place for a file that is not there yet. */
export function newPartPlace(folder: string): PartPlace {
  return { folder, part: `.${randomBytes(8).toString('hex')}.loom-part` };
}

/** It was taken away, or another is in its place: what was there of it is lost. */
export class PartLost extends Error {
  override readonly name = 'PartLost';
}

export class PartFile {
  readonly #place: PartPlace;
  readonly #handle: FileHandle;

  private constructor(place: PartPlace, handle: FileHandle) {
    this.#place = place;
    this.#handle = handle;
  }

  /** @param mode `begin`: made when it is not there, 0600. @throws PartLost; Error of the file system. */
  static async open(place: PartPlace, mode: 'begin' | 'go-on'): Promise<PartFile> {
    const path = join(place.folder, place.part);
    if (mode === 'go-on' && (await statOrNull(path)) === null) throw new PartLost();
    const handle = await open(path, O_RDWR | O_NOFOLLOW | (mode === 'begin' ? O_CREAT : 0), 0o600);
    return new PartFile(place, handle);
  }

  /** @returns what is there of these bytes; null: not all of them are. @throws Error of the file system. */
  async read(position: number, length: number): Promise<Uint8Array | null> {
    const bytes = new Uint8Array(length);
    return (await readFully(this.#handle, bytes, position)) ? bytes : null;
  }

  async write(position: number, bytes: Uint8Array): Promise<void> {
    for (let done = 0; done < bytes.length;) {
      const { bytesWritten } = await this.#handle.write(bytes, done, bytes.length - done, position + done);
      done += bytesWritten;
    }
  }

  /** @throws PartLost; Error of the file system. */
  async sync(): Promise<void> {
    await this.#handle.datasync();
    if (!(await this.#isAt(this.#place.part))) throw new PartLost();
  }

  /**
   * Gives it the first of these names that is free; its hidden one goes by `removePart`.
   * @returns its path. @throws PartLost; Error of the file system; EEXIST when all are taken.
   */
  async nameAs(names: Iterable<string>): Promise<string> {
    let taken: unknown;
    for (const name of names) {
      try {
        await this.#nameAs(name);
      } catch (error) {
        if (codeOf(error) !== 'EEXIST') throw error;
        taken = error;
        // Loom ended in the middle of this.
        if (!(await this.#isAt(name))) continue;
      }
      await syncFolder(this.#place.folder);
      return join(this.#place.folder, name);
    }
    throw taken;
  }

  close(): Promise<void> {
    return this.#handle.close();
  }

  /** A second name fails where there is a file already. Renaming would write over it, and so an empty one of ours goes there first. */
  async #nameAs(name: string): Promise<void> {
    const { folder } = this.#place;
    const [part, path] = [join(folder, this.#place.part), join(folder, name)];
    try {
      await link(part, path);
    } catch (error) {
      if (codeOf(error) === 'EEXIST') throw error;
      // Not every file system knows second names; what is wrong otherwise, renaming says as well.
      await (await open(path, O_CREAT | O_EXCL | O_RDWR, 0o600)).close();
      await rename(part, path).catch(async (refused: unknown) => {
        await rm(path, { force: true });
        throw refused;
      });
    }
    if (await this.#isAt(name)) return;
    await rm(path, { force: true });
    throw new PartLost();
  }

  /** Of the one file that is open here. */
  async #isAt(name: string): Promise<boolean> {
    const [own, there] = await Promise.all([this.#handle.stat(), statOrNull(join(this.#place.folder, name))]);
    return there !== null && there.isFile() && there.dev === own.dev && there.ino === own.ino;
  }
}

/** What is not there is fine. @throws Error of the file system. */
export function removePart({ folder, part }: PartPlace): Promise<void> {
  return rm(join(folder, part), { force: true });
}

/** A power cut takes no name along; not every system can do that. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => null);
  await handle?.sync().catch(() => undefined);
  await handle?.close().catch(() => undefined);
}

async function statOrNull(path: string): Promise<Stats | null> {
  return lstat(path).catch((error: unknown) => {
    if (['ENOENT', 'ENOTDIR'].includes(codeOf(error))) return null;
    throw error;
  });
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
