// Work that nobody waits for.
import { StorageError } from '../storage/errors.ts';

/**
 * Lets `work` go on by itself. A disk that refuses is told once, by the journal's `onFailure`; whatever else goes wrong
 * is our bug and ends the process as an unhandled rejection.
 */
export function runInBackground(work: Promise<unknown>): void {
  void work.catch((error: unknown) => {
    if (!(error instanceof StorageError)) throw error;
  });
}
