// A private copy of somebody else's database, to be opened instead of it: opening one with SQLite writes. The source is
// read and nothing else; that it did not change meanwhile is proven by its hash.
import { createHash } from 'node:crypto';
import { closeSync, openSync, writeSync } from 'node:fs';
import type { Files } from '../backup/files.ts';
import { CommandError } from '../contract/errors.ts';
import { StorageError } from '../storage/errors.ts';
import { withStage } from '../storage/profile-files/staged-profile.ts';

const NAME = 'original.db';

/** Beside the database: what is written and not yet carried over into it. */
const LOG = '-wal';
/** Beside the database: what a crash has left half done. Only the program itself can undo it. */
const ROLLBACK = '-journal';

/** Read at a stretch. */
const PIECE_BYTES = 256 * 1024;

type Take = (bytes: Uint8Array) => void;

/**
 * Runs `use` on a copy of the database at `path`, in a folder below `folder`, which is gone afterwards.
 * @throws CommandError file-…, import-in-use; import-damaged for what SQLite cannot read; StorageError write-failed when
 * there is no room for the copy; what `use` throws.
 */
export async function withCopy<T>(
  { files, path, folder }: { readonly files: Files; readonly path: string; readonly folder: string },
  use: (copy: string) => Promise<T>,
): Promise<T> {
  try {
    return await withStage(folder, async (stage) => {
      const copy = `${stage}/${NAME}`;
      await copyWhole(files, path, copy);
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

/** Read twice: what is written meanwhile shows. */
async function copyWhole(files: Files, from: string, to: string): Promise<void> {
  if ((await files.size(`${from}${ROLLBACK}`)) > 0) throw inUse();
  const copied = await hashOf(files, from, to);
  if (copied !== (await hashOf(files, from, null))) throw inUse();
}

/** Of a database with its log. @param to where copies of both go; null: nowhere. */
async function hashOf(files: Files, from: string, to: string | null): Promise<string> {
  const hash = createHash('sha256');
  const taking = (end: string): Promise<void> =>
    copying(to === null ? null : `${to}${end}`, (take) =>
      eachPiece(files, `${from}${end}`, (bytes) => {
        hash.update(bytes);
        take(bytes);
      }),
    );
  await taking('');
  hash.update(LOG);
  if ((await files.size(`${from}${LOG}`)) > 0) await taking(LOG);
  return hash.digest('hex');
}

async function eachPiece(files: Files, path: string, take: Take): Promise<void> {
  const { file } = await files.openToRead(path);
  for (;;) {
    const bytes = await files.read(file, PIECE_BYTES);
    if (bytes.length === 0) break;
    take(bytes);
  }
  await files.close(file);
}

/** Runs `work` with what it takes going to the file `to`, in the profile's own folder; null: nowhere. */
async function copying(to: string | null, work: (take: Take) => Promise<void>): Promise<void> {
  if (to === null) return work(() => undefined);
  const copy = onOurDisk(() => openSync(to, 'wx', 0o600));
  try {
    await work((bytes) => onOurDisk(() => writeWhole(copy, bytes)));
  } finally {
    closeSync(copy);
  }
}

function writeWhole(file: number, bytes: Uint8Array): void {
  let written = 0;
  while (written < bytes.length) written += writeSync(file, bytes, written);
}

function onOurDisk<T>(action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw new StorageError('write-failed', 'the disk refused', error);
  }
}

function inUse(): CommandError {
  return new CommandError('import-in-use', 'the database is being written');
}
