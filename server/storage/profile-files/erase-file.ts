// Files whose content must not outlive their name: overwritten where they stand, then removed.
import { closeSync, existsSync, fsyncSync, openSync, rmSync, statSync, writeSync } from 'node:fs';

const BLOCK_BYTES = 1024 * 1024;

/**
 * Overwrites a file with zeros, synced, and removes it. A disk that never writes to the same place twice may keep the old
 * content for a while: nothing here can prevent that.
 * @returns what went wrong when the name is still there; null when it is gone.
 */
export function eraseFile(path: string): unknown {
  try {
    if (!existsSync(path)) return null;
    overwriteFile(path);
  } catch {
    // Removed it is gone as well.
  }
  try {
    rmSync(path, { force: true });
    return null;
  } catch (error) {
    return error;
  }
}

/** Overwrites a file with zeros and syncs it; its name and length stay. @throws what the file system says. */
export function overwriteFile(path: string): void {
  const handle = openSync(path, 'r+');
  try {
    const { size } = statSync(path);
    const zeros = Buffer.alloc(Math.min(size, BLOCK_BYTES));
    for (let at = 0; at < size; at += BLOCK_BYTES) {
      writeSync(handle, zeros, 0, Math.min(BLOCK_BYTES, size - at), at);
    }
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
