// What file systems answer, and what is told of it.
import { CommandError } from '../../contract/errors.ts';
import { StorageError } from '../../storage/errors.ts';
import { storageCode } from '../command-errors.ts';
import { isScarcity } from '../scarcity.ts';

/** No room, or none for us. */
export function isFull(error: unknown): boolean {
  return hasCode(error, 'ENOSPC', 'EDQUOT');
}

/** There is nothing of this name. Whatever else is refused may be granted another time. */
export function isMissing(error: unknown): boolean {
  return hasCode(error, 'ENOENT', 'ENOTDIR');
}

export function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code));
}

export function isOfTheDisk(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error;
}

/** What is told of trouble with Loom's own files: CommandError disk-full, system-busy, storage-failed. Of other errors: themselves. */
export function diskTrouble(error: unknown): unknown {
  if (isFull(error)) return new CommandError('disk-full', 'there is no room for it on this disk');
  if (isScarcity(error)) return new CommandError('system-busy', 'the system opens no more files');
  if (isOfTheDisk(error)) return new CommandError('storage-failed', 'the disk refuses');
  return error instanceof StorageError ? new CommandError(storageCode(error), error.message) : error;
}
