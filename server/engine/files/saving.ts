// A file written where a person wants it: a new file of theirs, never over another, never one that runs.
import { constants } from 'node:fs';
import { mkdir, open, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { requirePath } from '../../backup/files.ts';
import { CommandError } from '../../contract/errors.ts';
import { FILE_BLOCK_BYTES } from '../../protocol/files/limits.ts';
import type { SealedFile } from '../../storage/files/sealed-file.ts';
import { isScarcity } from '../scarcity.ts';
import { downloadsFolder } from './downloads.ts';
import { hasCode, isFull, isMissing, isOfTheDisk } from './disk-errors.ts';
import { namesFor } from './file-names.ts';

/**
 * @param path a folder, in which it gets `name` or, where that is taken, another number; or the file itself.
 * @returns where it is. @throws CommandError file-exists, path-invalid, disk-full, file-refused.
 */
export async function saveAs(
  file: Pick<SealedFile, 'read'>,
  size: number,
  name: string,
  path: string | undefined,
): Promise<string> {
  const asked = path === undefined ? downloadsFolder() : requirePath(path);
  try {
    if (path === undefined) await mkdir(asked, { recursive: true });
    const isFolder = (await stat(asked).catch(() => null))?.isDirectory() ?? false;
    return isFolder ? await inFolder(file, size, asked, name) : await write(file, size, asked);
  } catch (error) {
    throw told(error);
  }
}

async function inFolder(file: Pick<SealedFile, 'read'>, size: number, folder: string, name: string): Promise<string> {
  for (const free of namesFor(name)) {
    try {
      return await write(file, size, join(folder, free));
    } catch (error) {
      if (!hasCode(error, 'EEXIST')) throw error;
    }
  }
  throw new CommandError('file-exists', 'there are too many files of this name');
}

/** Made for this, and not through a link; removed again when it cannot be written whole. */
async function write(file: Pick<SealedFile, 'read'>, size: number, path: string): Promise<string> {
  const { O_CREAT, O_EXCL, O_WRONLY } = constants;
  const handle = await open(path, O_CREAT | O_EXCL | O_WRONLY, 0o600);
  try {
    for (let at = 0; at < size; at += FILE_BLOCK_BYTES) await handle.appendFile(await file.read(at, FILE_BLOCK_BYTES));
    await handle.datasync();
  } catch (error) {
    await handle.close().catch(() => undefined);
    await rm(path, { force: true }).catch(() => undefined);
    throw error;
  }
  await handle.close();
  return path;
}

function told(error: unknown): unknown {
  if (hasCode(error, 'EEXIST')) return new CommandError('file-exists', 'there is a file already');
  if (isMissing(error)) return new CommandError('path-invalid', 'there is no such folder');
  if (isFull(error)) return new CommandError('disk-full', 'there is no room for it there');
  if (isScarcity(error)) return error;
  if (isOfTheDisk(error)) return new CommandError('file-refused', 'it cannot be written there');
  return error;
}
