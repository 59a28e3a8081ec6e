// What can go wrong between us and the disk, as one error with a code. Carries no user data: neither in the message nor
// in its cause, which is at most what SQLite or the file system said.

/**
 * `wrong-passphrase`: the keys stay sealed. `keys-damaged`: no generation of keys.json can be read, or none is there
 * beside a database. `database-newer`: written by a later Loom; nothing was touched. `in-use`: a lock exists, held or
 * left behind. `not-crash-safe`: SQLite would not promise to survive a crash here. `damaged`: what is stored is not what
 * was written. `write-failed`: nothing of this batch is stored.
 */
export type StorageErrorCode =
  'wrong-passphrase' | 'keys-damaged' | 'database-newer' | 'in-use' | 'not-crash-safe' | 'damaged' | 'write-failed';

export class StorageError extends Error {
  override readonly name = 'StorageError';
  readonly code: StorageErrorCode;

  constructor(code: StorageErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}
