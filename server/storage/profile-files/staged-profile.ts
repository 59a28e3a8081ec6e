// A profile that becomes one only when it is whole: restored or imported into a folder of its own inside the profile's,
// then given its names, the keys last. Whatever ends this before leaves a profile as new as it was. And a store for a
// while, to try something in: on the same disk, under a passphrase that is gone once the process has ended.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { toHex } from '../../crypto/bytes.ts';
import { databasePath, draftPath } from './database-file.ts';
import { syncFolder } from '../database.ts';
import { StorageError } from '../errors.ts';
import { createStore, inspectProfile, type Store, type StoreOptions } from '../profile-store.ts';

/** Behind it some letters: two may be filled at once, of which one becomes the profile. */
const STAGE = 'beginning';
const SCRATCH = 'scratch';
const COPY = 'import';

/** The least Argon2 takes: the passphrase is 32 random bytes, which no stretching makes better. */
const SCRATCH_ARGON2 = { memoryKiB: 8, passes: 1, lanes: 1 };
const SCRATCH_SECRET_BYTES = 32;

/**
 * Makes the profile in `folder` of what `fill` writes: all of it, or nothing.
 * @param passphrase empty: none. @param become is given what makes it the profile, once it is whole.
 * @throws StorageError as createStore; what `fill` and `become` throw; Error when there is a profile.
 */
export async function buildProfile<T>(
  options: StoreOptions,
  passphrase: string,
  fill: (store: Store) => Promise<void>,
  become: (adopt: () => void) => Promise<T>,
): Promise<T> {
  const { folder } = options;
  if (inspectProfile(folder) !== 'new') throw new Error('there is a profile already');
  const stage = mkdtempSync(join(folder, `${STAGE}-`));
  try {
    const store = await createStore({ ...options, folder: stage }, passphrase);
    try {
      await fill(store);
    } finally {
      store.close();
    }
    return await become(() => adopt(stage, folder));
  } finally {
    rmSync(stage, { recursive: true, force: true });
  }
}

/** A store that is gone afterwards. @throws StorageError as createStore; what `use` throws. */
export async function withScratchStore<T>(options: StoreOptions, use: (store: Store) => Promise<T>): Promise<T> {
  const folder = freshFolder(options.folder, SCRATCH);
  try {
    const secret = toHex(options.primitives.random(SCRATCH_SECRET_BYTES));
    const store = await createStore({ ...options, folder, argon2: SCRATCH_ARGON2 }, secret);
    try {
      return await use(store);
    } finally {
      store.close();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A folder for a while. */
export async function withStage<T>(folder: string, use: (stage: string) => Promise<T>): Promise<T> {
  const stage = freshFolder(folder, COPY);
  try {
    return await use(stage);
  } finally {
    rmSync(stage, { recursive: true, force: true });
  }
}

/** What a process that was killed on the way has left. The caller holds the profile's control socket. */
export function removeStages(folder: string): void {
  const stages = readdirSync(folder).filter((name) => name.startsWith(STAGE));
  for (const name of [...stages, SCRATCH, COPY]) rmSync(join(folder, name), { recursive: true, force: true });
}

function freshFolder(folder: string, name: string): string {
  const fresh = join(folder, name);
  rmSync(fresh, { recursive: true, force: true });
  mkdirSync(fresh, { mode: 0o700 });
  return fresh;
}

/** With keys.json it is a profile; the database waits for that as a draft does, and the second generation may lack. */
function adopt(stage: string, folder: string): void {
  const [from, to] = [databasePath(stage), databasePath(folder)];
  if (existsSync(`${from}-wal`)) throw new Error('a closed database has carried its log over');
  try {
    // A log of another database would be taken for this one's.
    for (const left of [`${to}-wal`, `${to}-journal`]) rmSync(left, { force: true });
    renameSync(from, draftPath(to));
    syncFolder(folder);
    for (const name of ['keys.json', 'keys.previous.json']) {
      renameSync(join(stage, name), join(folder, name));
      syncFolder(folder);
    }
  } catch (error) {
    throw new StorageError('write-failed', 'the profile could not be put in its place', error);
  }
}
