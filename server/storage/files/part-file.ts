// A file that comes into a folder of the person's own, as it is: under a hidden name until it is whole, then under one that is
// free there, never over another.
import { randomBytes } from 'node:crypto';
import { constants, type Stats } from 'node:fs';
import { link, lstat, mkdir, open, rename, rm, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

/** Where one is until it is whole. */
export const partPlaceSchema = z.object({
  folder: z.string(),
  /** Its hidden name there. */
  part: z.string().regex(/^\.[0-9a-f]{16}\.loom-part$/),
  /** Which file it is, so that no other is written in its place. */
  stamp: z.string(),
});
export type PartPlace = Readonly<z.infer<typeof partPlaceSchema>>;

const { O_CREAT, O_EXCL, O_RDWR } = constants;
/** Windows has no such flag. */
const O_NOFOLLOW = process.platform === 'win32' ? 0 : constants.O_NOFOLLOW;

/** File systems that know no second name for a file. */
const NO_LINKS: ReadonlySet<string> = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK']);

/** Makes the folder where it is not there, and an empty file in it, 0600. @throws Error of the file system. */
export async function newPart(folder: string): Promise<PartPlace> {
  await mkdir(folder, { recursive: true });
  const part = `.${randomBytes(8).toString('hex')}.loom-part`;
  const handle = await open(join(folder, part), O_CREAT | O_EXCL | O_RDWR, 0o600);
  try {
    return { folder, part, stamp: stampOf(await handle.stat()) };
  } finally {
    await handle.close();
  }
}

/** Whether it is there still, with `position` bytes at least. @throws Error of the file system: not known now. */
export async function isPartThere({ folder, part, stamp }: PartPlace, position: number): Promise<boolean> {
  const stats = await statOrNull(join(folder, part));
  return stats !== null && stats.isFile() && stampOf(stats) === stamp && stats.size >= position;
}

export class PartFile {
  readonly #handle: FileHandle;

  private constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  /** @throws Error of the file system; ENOENT when another file is in its place. */
  static async open({ folder, part, stamp }: PartPlace): Promise<PartFile> {
    const handle = await open(join(folder, part), O_RDWR | O_NOFOLLOW);
    const stats = await handle.stat();
    if (stats.isFile() && stampOf(stats) === stamp) return new PartFile(handle);
    await handle.close();
    throw Object.assign(new Error('another file is in its place'), { code: 'ENOENT', syscall: 'open' });
  }

  async write(position: number, bytes: Uint8Array): Promise<void> {
    for (let done = 0; done < bytes.length;) {
      const { bytesWritten } = await this.#handle.write(bytes, done, bytes.length - done, position + done);
      done += bytesWritten;
    }
  }

  sync(): Promise<void> {
    return this.#handle.datasync();
  }

  close(): Promise<void> {
    return this.#handle.close();
  }
}

/**
 * Gives it the first of these names that is free. Where Loom has ended in the middle of that, the name it got then is found again. Its
 * hidden name goes by `removePart`.
 * @returns its path. @throws Error of the file system; EEXIST when all are taken.
 */
export async function namePart({ folder, part, stamp }: PartPlace, names: Iterable<string>): Promise<string> {
  let taken: unknown;
  for (const name of names) {
    const path = join(folder, name);
    try {
      await nameAs(join(folder, part), path);
      return path;
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error;
      taken = error;
    }
    const there = await statOrNull(path);
    if (there && stampOf(there) === stamp) return path;
  }
  throw taken;
}

/** What is not there is fine. @throws Error of the file system. */
export function removePart({ folder, part }: PartPlace): Promise<void> {
  return rm(join(folder, part), { force: true });
}

/** A second name fails where there is a file already; renaming would write over it, and so an empty one of ours goes there first. */
async function nameAs(part: string, path: string): Promise<void> {
  try {
    await link(part, path);
  } catch (error) {
    if (!NO_LINKS.has(codeOf(error))) throw error;
    await (await open(path, O_CREAT | O_EXCL | O_RDWR, 0o600)).close();
    await rename(part, path);
  }
}

function stampOf({ dev, ino }: Stats): string {
  return `${dev} ${ino}`;
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
