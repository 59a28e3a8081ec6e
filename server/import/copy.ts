// A private copy of somebody else's database, to be opened instead of it: opening one with SQLite writes. The source is
// read and nothing else; that it did not change meanwhile is proven by its hash.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { constants, copyFile, stat } from 'node:fs/promises';
import { onFiles } from '../backup/files.ts';
import { CommandError } from '../contract/errors.ts';
import { StorageError } from '../storage/errors.ts';
import { withStage } from '../storage/staged-profile.ts';

const NAME = 'original.db';

/** Beside the database: what is written and not yet carried over into it. */
const LOG = '-wal';
/** Beside the database: what a crash has left half done. Only the program itself can undo it. */
const ROLLBACK = '-journal';

/**
 * Runs `use` on a copy of the database at `path`, in a folder below `folder`, which is gone afterwards.
 * @throws CommandError file-…, import-in-use; import-damaged for what SQLite cannot read; what `use` throws.
 */
export async function withCopy<T>(path: string, folder: string, use: (copy: string) => Promise<T>): Promise<T> {
  try {
    return await withStage(folder, async (stage) => {
      const copy = `${stage}/${NAME}`;
      await onFiles(() => copyWhole(path, copy));
      return use(copy);
    });
  } catch (error) {
    // Of the copy: our own store has been closed by whoever opened it, and says write-failed.
    if (error instanceof StorageError && error.code === 'damaged') {
      throw new CommandError('import-damaged', 'SQLite cannot read it');
    }
    throw error;
  }
}

async function copyWhole(from: string, to: string): Promise<void> {
  if ((await sizeOf(`${from}${ROLLBACK}`)) > 0) throw inUse();
  const before = await hashOf(from);
  await copyFile(from, to, constants.COPYFILE_EXCL);
  const log = `${from}${LOG}`;
  if ((await sizeOf(log)) > 0) await copyFile(log, `${to}${LOG}`, constants.COPYFILE_EXCL);
  const same = before === (await hashOf(to)) && before === (await hashOf(from));
  if (!same) throw inUse();
}

/** Of a database with its log. */
async function hashOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of createReadStream(path)) hash.update(piece as Uint8Array);
  hash.update(LOG);
  if ((await sizeOf(`${path}${LOG}`)) > 0) {
    for await (const piece of createReadStream(`${path}${LOG}`)) hash.update(piece as Uint8Array);
  }
  return hash.digest('hex');
}

/** 0 when it is not there. */
async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch {
    return 0;
  }
}

function inUse(): CommandError {
  return new CommandError('import-in-use', 'the database is being written');
}
