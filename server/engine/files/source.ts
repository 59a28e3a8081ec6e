// Where the bytes of a file of ours come from: the disk, where it lies, or a sealed copy in Loom.
import { constants } from 'node:fs';
import { open, stat, type FileHandle } from 'node:fs/promises';
import type { BigIntStats } from 'node:fs';
import type { Primitives } from '../../crypto/primitives.ts';
import { FILE_BLOCK_BYTES } from '../../protocol/files/limits.ts';
import { StorageError } from '../../storage/errors.ts';
import type { FileFolder } from '../../storage/files/file-folder.ts';
import { readFully } from '../../storage/files/read-fully.ts';
import { SealedFile } from '../../storage/files/sealed-file.ts';
import type { Transfer } from '../../storage/tables/transfers.ts';
import { isMissing } from './disk-errors.ts';

/** To read; a pipe in its place would not open before somebody writes. Windows has neither. */
export const NOT_WAITING = constants.O_RDONLY | (process.platform === 'win32' ? 0 : constants.O_NONBLOCK);

/** The file is not what was offered: another one, or none. */
export class SourceLost extends Error {
  override readonly name = 'SourceLost';
  readonly reason: 'changed' | 'gone';

  constructor(reason: 'changed' | 'gone') {
    super(reason);
    this.reason = reason;
  }
}

export interface Source {
  /** A block, shorter at the end of the file. @throws SourceLost; Error of the file system: not now. */
  read(block: number): Promise<Uint8Array>;
  /** @throws SourceLost unless it is what was offered, still. */
  check(): Promise<void>;
  close(): Promise<void>;
}

/** What `stat` says of a file that another file, or another content, would say differently. */
export function stampOf({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): string {
  return [dev, ino, size, mtimeNs, ctimeNs].join(' ');
}

/** @throws SourceLost; Error of the file system: not now. */
export async function openSource(primitives: Primitives, folder: FileFolder, transfer: Transfer): Promise<Source> {
  const { place } = transfer;
  try {
    if (place.kind === 'path') return await openPath(place, transfer.size);
    if (place.kind !== 'sealed') throw new SourceLost('gone');
    const { size } = transfer;
    return sealedSource(await SealedFile.open({ primitives, path: folder.pathOf(place), place, size }, 'read'));
  } catch (error) {
    throw lost(error);
  }
}

function sealedSource(file: SealedFile): Source {
  return {
    read: async (block) => {
      try {
        return await file.read(block * FILE_BLOCK_BYTES, FILE_BLOCK_BYTES);
      } catch (error) {
        throw lost(error);
      }
    },
    check: () => Promise.resolve(),
    close: () => file.close(),
  };
}

async function openPath(
  { path, stamp }: { readonly path: string; readonly stamp: string },
  size: number,
): Promise<Source> {
  const handle = await open(path, NOT_WAITING);
  const check = async (): Promise<void> => {
    const [held, named] = await Promise.all([handle.stat({ bigint: true }), statOrNull(path)]);
    if (!named) throw new SourceLost('gone');
    if (stampOf(held) !== stamp || stampOf(named) !== stamp) throw new SourceLost('changed');
  };
  try {
    await check();
  } catch (error) {
    await handle.close();
    throw error;
  }
  return { read: (block) => readBlock(handle, block, size), check, close: () => handle.close() };
}

async function statOrNull(path: string): Promise<BigIntStats | null> {
  return stat(path, { bigint: true }).catch((error: unknown) => {
    if (isMissing(error)) return null;
    throw error;
  });
}

async function readBlock(handle: FileHandle, block: number, size: number): Promise<Uint8Array> {
  const position = block * FILE_BLOCK_BYTES;
  const bytes = new Uint8Array(Math.min(FILE_BLOCK_BYTES, size - position));
  if (!(await readFully(handle, bytes, position))) throw new SourceLost('changed');
  return bytes;
}

/** What cannot be read now, for whatever reason, may be later: only what is not there is gone. */
function lost(error: unknown): unknown {
  return error instanceof StorageError || isMissing(error) ? new SourceLost('gone') : error;
}
