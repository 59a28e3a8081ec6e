// A store with something of everything in it, and backups of it, for tests.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { asPresenceKey } from '../keys.ts';
import { namedFiles } from '../../backup/files.ts';
import { backupSecret, openHeader, openWithSecret, type BackupSecret, type Header } from '../../backup/header.ts';
import { readBackup } from '../../backup/read-backup.ts';
import { restoreInto, verifyBackup, type VerifiedBackup } from '../../backup/restore.ts';
import { writeBackup, type WrittenBackup } from '../../backup/write-backup.ts';
import type { BackupRecord } from '../../backup/records.ts';
import type { IdentityRecord } from '../../storage/tables/identity.ts';
import type { Store } from '../../storage/profile-store.ts';
import { primitives, quickArgon2 } from './temp-store.ts';

export const PASSPHRASE = 'correct horse';
export const MADE_AT = 1_800_000_100_000;

export function identityRecord(changes: Partial<IdentityRecord> = {}): IdentityRecord {
  return {
    masterSeed: new Uint8Array(32).fill(7),
    name: 'Ann',
    device: 0,
    generation: 0,
    presenceKey: asPresenceKey(new Uint8Array(32).fill(8)),
    createdAt: 1_790_000_000_000,
    ...changes,
  };
}

export class TempBackups {
  /** In memory where there is such a folder: each file waits for the disk. */
  readonly folder = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'loom-backup-'));
  readonly progress: number[] = [];
  readonly #files = namedFiles(new AbortController().signal);
  #secret: Promise<BackupSecret> | null = null;

  path(name: string): string {
    return join(this.folder, name);
  }

  async write(
    store: Store,
    name: string,
    signal: AbortSignal = new AbortController().signal,
    prove: (path: string) => Promise<unknown> = () => Promise.resolve(),
  ): Promise<WrittenBackup> {
    const secret = await this.#kept();
    const onProgress = (share: number): number => this.progress.push(share);
    const where = { files: this.#files, path: this.path(name) };
    return writeBackup({ store, primitives, secret, ...where, at: MADE_AT, signal, onProgress, prove });
  }

  bytes(name: string): Uint8Array {
    return new Uint8Array(readFileSync(this.path(name)));
  }

  /** @param passphrase left out: by the secret that was kept, which is quicker. */
  async records(name: string, passphrase?: string): Promise<BackupRecord[]> {
    const all: BackupRecord[] = [];
    await readBackup({
      ...this.#from(name, passphrase),
      take: (records) => {
        all.push(...records);
        return Promise.resolve();
      },
    });
    return all;
  }

  async restore(name: string, store: Store, passphrase?: string): Promise<void> {
    await restoreInto(store, this.#from(name, passphrase));
  }

  verify(name: string, folder: string, passphrase?: string): Promise<VerifiedBackup> {
    return verifyBackup({ folder, primitives }, this.#from(name, passphrase));
  }

  async remove(): Promise<void> {
    await this.#files.end();
    rmSync(this.folder, { recursive: true, force: true });
  }

  #kept(): Promise<BackupSecret> {
    this.#secret ??= backupSecret(primitives, PASSPHRASE, quickArgon2);
    return this.#secret;
  }

  #from(name: string, passphrase: string | undefined): Omit<Parameters<typeof readBackup>[0], 'take'> {
    return {
      primitives,
      files: this.#files,
      path: this.path(name),
      openHeader: async (header: Header) =>
        passphrase === undefined
          ? openWithSecret(primitives, header, (await this.#kept()).secret)
          : openHeader(primitives, header, passphrase),
      signal: new AbortController().signal,
      onProgress: (share) => this.progress.push(share),
    };
  }
}
