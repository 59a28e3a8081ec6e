// The folder of sealed files in a profile: `files/xx/<32 hex digits>`, spread so that no folder holds very many.
import { mkdir, readdir, rm, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { SealedPlace } from './sealed-file.ts';

/** Free and all of the disk, bytes. */
export interface DiskSpace {
  readonly free: number;
  readonly total: number;
}

type Named = Pick<SealedPlace, 'name'>;

export class FileFolder {
  readonly #root: string;

  /** @param profile the profile's folder. */
  constructor(profile: string) {
    this.#root = join(profile, 'files');
  }

  pathOf({ name }: Named): string {
    return join(this.#root, name.slice(0, 2), name);
  }

  /** So that it can be written there. @throws Error of the file system. */
  async makeRoomFor(place: Named): Promise<void> {
    await mkdir(dirname(this.pathOf(place)), { recursive: true, mode: 0o700 });
  }

  /** What is not there is fine. @throws Error of the file system. */
  async remove(place: Named): Promise<void> {
    await rm(this.pathOf(place), { force: true });
  }

  /** Removes every file that is not to be kept: what a crash left, of which nobody knows any more. */
  async sweep(keep: (name: string) => boolean): Promise<void> {
    const folders = await readdir(this.#root).catch(() => []);
    for (const folder of folders) {
      const names = await readdir(join(this.#root, folder)).catch(() => []);
      for (const name of names) if (!keep(name)) await rm(join(this.#root, folder, name), { force: true });
    }
  }

  /** Of the disk that the profile is on. @throws Error of the file system. */
  async space(): Promise<DiskSpace> {
    const { bavail, blocks, bsize } = await statfs(dirname(this.#root));
    return { free: bavail * bsize, total: blocks * bsize };
  }
}
