import type { FileHandle } from 'node:fs/promises';

/** Fills `bytes` with what stands at `position`. @returns false: the file ends before. @throws Error of the file system. */
export async function readFully(handle: FileHandle, bytes: Uint8Array, position: number): Promise<boolean> {
  for (let done = 0; done < bytes.length;) {
    const { bytesRead } = await handle.read(bytes, done, bytes.length - done, position + done);
    if (bytesRead === 0) return false;
    done += bytesRead;
  }
  return true;
}
