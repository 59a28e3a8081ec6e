// The file system, where a person has named the place: what it refuses is told by code, and never overwrites.
import { existsSync } from 'node:fs';
import { link, open, rename, rm, unlink } from 'node:fs/promises';
import { dirname, isAbsolute } from 'node:path';
import { CommandError, type ErrorCode } from '../contract/errors.ts';

/** @throws CommandError path-invalid. */
export function requirePath(path: string): string {
  if (isAbsolute(path) && !path.includes('\0')) return path;
  throw new CommandError('path-invalid', 'a path begins at the top');
}

/** Runs `work`; what the file system refuses in it becomes a CommandError file-…, everything else stays what it is. */
export async function onFiles<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Error) || !('syscall' in error) || !('code' in error)) throw error;
    throw new CommandError(fileCode(error.code), 'the file system refused');
  }
}

/** Gives a finished file its name, unless something has it. @throws what the file system says, EEXIST then. */
export async function giveName(from: string, to: string): Promise<void> {
  try {
    await link(from, to);
    await unlink(from);
  } catch (error) {
    if (!isLackOfLinks(error)) throw error;
    // A memory stick with FAT: no step there both asks and renames.
    if (existsSync(to)) throw Object.assign(new Error('exists'), { code: 'EEXIST', syscall: 'rename' });
    await rename(from, to);
  }
  await syncFolder(dirname(to));
}

export async function removeFile(path: string): Promise<void> {
  await rm(path, { force: true });
}

async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } catch {
    // Some network folders take no such wish; the file itself is synced.
  } finally {
    await handle.close();
  }
}

function isLackOfLinks(error: unknown): boolean {
  const codes: unknown[] = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EXDEV', 'EMLINK'];
  return error instanceof Error && 'code' in error && codes.includes(error.code);
}

function fileCode(code: unknown): ErrorCode {
  if (code === 'ENOENT' || code === 'ENOTDIR') return 'file-missing';
  return code === 'EEXIST' ? 'file-exists' : 'file-refused';
}
