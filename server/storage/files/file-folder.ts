// The folder of sealed files in a profile: `files/xx/<32 hex digits>`, spread so that no folder holds very many.
import { mkdir, readdir, rm, stat, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { SealedPlace } from './sealed-file.ts';

/** Free and all of the disk, bytes, and which disk it is to the system. */
export interface DiskSpace {
  readonly disk: number;
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

  /** Names of all that are there; a folder that cannot be read has none. */
  async names(): Promise<readonly string[]> {
    const found: string[] = [];
    for (const folder of await listed(this.#root)) found.push(...(await listed(join(this.#root, folder))));
    return found;
  }

  /** Of the disk that a folder is on, or the profile. @throws Error of the file system. */
  async space(folder = dirname(this.#root)): Promise<DiskSpace> {
    const [{ bavail, blocks, bsize }, { dev: disk }] = await Promise.all([statfs(folder), stat(folder)]);
    return { disk, free: bavail * bsize, total: blocks * bsize };
  }
}

function listed(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => []);
}
