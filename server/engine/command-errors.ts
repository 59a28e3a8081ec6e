// What a person is told when keys or disk refuse.
import { CommandError, type ErrorCode } from '../contract/errors.ts';
import { PASSPHRASE_LENGTH } from '../contract/limits.ts';
import type { StorageError } from '../storage/errors.ts';

/** @throws CommandError passphrase-too-long. */
export function checkPassphrase(passphrase: string): void {
  if (passphrase.length > PASSPHRASE_LENGTH) {
    throw new CommandError('passphrase-too-long', `a passphrase has at most ${PASSPHRASE_LENGTH} characters`);
  }
}

export function storageCode({ code }: StorageError): ErrorCode {
  if (code === 'wrong-passphrase' || code === 'database-newer') return code;
  return 'storage-failed';
}
