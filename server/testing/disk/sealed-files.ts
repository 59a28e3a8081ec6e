// Sealed files of a profile: which there are, and how the disk below them refuses.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { vi } from 'vitest';
import { SEALED_CHUNK_BYTES, SealedFile } from '../../storage/files/sealed-file.ts';

/** What is sealed, and opened, at once. */
export const SEALED_BYTES = SEALED_CHUNK_BYTES;

/** Paths of all; none while there was no file yet. @param profile the profile's folder. */
export function sealedFiles(profile: string): readonly string[] {
  const folder = join(profile, 'files');
  if (!existsSync(folder)) return [];
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return paths.filter((path) => /[0-9a-f]{32}$/.test(path)).map((path) => join(folder, path));
}

/** As file systems say it. */
export function diskError(code: string): Error {
  return Object.assign(new Error(code), { code, syscall: 'open' });
}

/** Whoever does this to whichever file, from now on. */
export function watchSealedFiles<M extends 'read' | 'write' | 'sync' | 'close'>(method: M) {
  return vi.spyOn<SealedFile, M>(SealedFile.prototype, method);
}
