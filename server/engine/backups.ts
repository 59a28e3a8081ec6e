// Backups of an open profile: by hand, and daily into a folder, each of these restored for trial at once.
//
//   looks every ten minutes ── a day since the last, no task ──▶ write ─▶ verify ─▶ the oldest over `keep` go
//                                                                 └ fails ─▶ told, tried again an hour later
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { onFiles, removeFile, requirePath } from '../backup/files.ts';
import { backupSecret, openHeader, openWithSecret, type BackupSecret, type Header } from '../backup/header.ts';
import type { FileKeys } from '../backup/header.ts';
import { verifyBackup } from '../backup/restore.ts';
import { PART, writeBackup } from '../backup/write-backup.ts';
import { CommandError, type ErrorCode } from '../contract/errors.ts';
import type { Backup, BackupStatus } from '../contract/model.ts';
import { toHex } from '../crypto/bytes.ts';
import { DEFAULT_ARGON2 } from '../crypto/passphrase.ts';
import type { Primitives } from '../crypto/primitives.ts';
import { StorageError } from '../storage/errors.ts';
import type { Store } from '../storage/profile-store.ts';
import { loadBackupSettings, saveBackupSettings, type BackupSettings, type Schedule } from './backup-settings.ts';
import type { Clock } from './clock.ts';
import { detached } from './detached.ts';
import type { EventLog } from './event-log.ts';
import { checkPassphrase, storageCode } from './refusals.ts';
import { PHRASE_CHECKED } from './commands/phrase.ts';
import type { TaskControl, Tasks } from './tasks.ts';

const LOOK_MS = 10 * 60_000;
const DAY_MS = 24 * 60 * 60_000;
const RETRY_MS = 60 * 60_000;

const SCHEDULE_ID_BYTES = 4;

/** Of the work of a scheduled backup, what writing is; verifying is the rest. */
const WRITING_SHARE = 0.3;

export interface BackupsOptions {
  readonly store: Store;
  readonly primitives: Primitives;
  readonly clock: Clock;
  readonly events: EventLog;
  readonly tasks: Tasks;
  /** The profile's own, where a backup is restored for trial. */
  readonly folder: string;
  /** The profile's name, for the names of files. */
  readonly profile: string;
  /** Our identity key, 64 hex digits. */
  readonly publicKey: string;
}

type Opening = (header: Header) => Promise<FileKeys>;

export class Backups {
  readonly #options: BackupsOptions;
  #settings: BackupSettings;
  #retryAt = -Infinity;
  #cancel: () => void = () => undefined;

  constructor(options: BackupsOptions) {
    this.#options = options;
    this.#settings = loadBackupSettings(options.store);
  }

  /** When the newest verified backup was made. */
  get verifiedAt(): number | null {
    return this.#settings.verified?.madeAt ?? null;
  }

  status(): BackupStatus {
    const { schedule, last, verified, failure, dismissed } = this.#settings;
    const checked = this.#options.store.settings.get(PHRASE_CHECKED);
    return {
      phraseCheckedAt: typeof checked === 'number' ? checked : null,
      schedule: schedule && { folder: schedule.folder, keep: schedule.keep },
      last,
      verified,
      failure,
      remind: !dismissed && !checked && !schedule && !last && !verified,
      task: this.#options.tasks.current,
    };
  }

  start(): void {
    this.#cancel = this.#options.clock.after(LOOK_MS, () => {
      this.start();
      detached(this.#look());
    });
  }

  stop(): void {
    this.#cancel();
  }

  /** @throws CommandError path-invalid, passphrase-…, wrong-passphrase, file-…, task-…. */
  async create(file: string, passphrase: string, current: string): Promise<Backup> {
    const path = requirePath(file);
    checkPassphrase(passphrase);
    await this.#options.store.checkPassphrase(current);
    return this.#options.tasks.run('backup', async (control) => {
      const secret = await backupSecret(this.#options.primitives, passphrase, DEFAULT_ARGON2);
      const last = await this.#write(path, secret, control);
      await this.#save({ last });
      return last;
    });
  }

  /** @throws CommandError path-invalid, file-…, backup-…, task-…. */
  verify(file: string, passphrase: string): Promise<Backup> {
    const path = requirePath(file);
    checkPassphrase(passphrase);
    const opening: Opening = (header) => openHeader(this.#options.primitives, header, passphrase);
    return this.#options.tasks.run('verify', (control) => this.#verify(path, opening, control));
  }

  /** @throws as create and verify: the first one is made at once, and without it there is no schedule. */
  async schedule(folder: string, keep: number, passphrase: string, current: string): Promise<BackupStatus> {
    const path = requirePath(folder);
    checkPassphrase(passphrase);
    const { store, primitives, clock, tasks } = this.#options;
    await store.checkPassphrase(current);
    await tasks.run('backup', async (control) => {
      const secret = await backupSecret(primitives, passphrase, DEFAULT_ARGON2);
      const id = toHex(primitives.random(SCHEDULE_ID_BYTES));
      await this.#make({ ...secret, folder: path, keep, id, madeAt: clock.now() }, control);
    });
    return this.status();
  }

  async unschedule(): Promise<BackupStatus> {
    await this.#save({ schedule: null, failure: null });
    return this.status();
  }

  async dismiss(): Promise<BackupStatus> {
    await this.#save({ dismissed: true });
    return this.status();
  }

  /** Tells every tab: also of the phrase, which is checked elsewhere. */
  tell(): void {
    this.#options.events.emit('backup.changed', { backup: this.status() });
  }

  async #look(): Promise<void> {
    const { clock, tasks } = this.#options;
    const { schedule } = this.#settings;
    if (!schedule || tasks.current || clock.monotonic() < this.#retryAt) return;
    const since = clock.now() - schedule.madeAt;
    // A clock set back must not put the next one off for years.
    if (since >= 0 && since < DAY_MS) return;
    try {
      await tasks.run('backup', (control) => this.#make({ ...schedule, madeAt: clock.now() }, control));
    } catch (error) {
      await this.#failed(codeOf(error));
    }
  }

  async #failed(code: ErrorCode): Promise<void> {
    if (code === 'task-stopped') return;
    const { clock } = this.#options;
    this.#retryAt = clock.monotonic() + RETRY_MS;
    await this.#save({ failure: { at: clock.now(), code } });
  }

  async #make(schedule: Schedule, { signal, onProgress }: TaskControl): Promise<void> {
    const { primitives, profile } = this.#options;
    const { folder, id, madeAt } = schedule;
    const file = join(folder, `loom-${profile}-${id}-${stamp(madeAt)}.backup`);
    const writing = { signal, onProgress: (share: number) => onProgress(share * WRITING_SHARE) };
    const last = await this.#write(file, schedule, writing);
    const verifying = {
      signal,
      onProgress: (share: number) => onProgress(WRITING_SHARE + share * (1 - WRITING_SHARE)),
    };
    await this.#verify(
      file,
      (header) => Promise.resolve(openWithSecret(primitives, header, schedule.secret)),
      verifying,
    );
    await this.#save({ schedule, last, failure: null });
    await removeOld(schedule, profile);
  }

  async #write(path: string, secret: BackupSecret, control: TaskControl): Promise<Backup> {
    const { store, primitives, clock } = this.#options;
    const madeAt = clock.now();
    const { bytes, counts, damaged } = await writeBackup({ store, primitives, secret, path, at: madeAt, ...control });
    return { file: path, madeAt, bytes, contacts: counts.contacts, messages: counts.messages, damaged };
  }

  async #verify(path: string, opening: Opening, control: TaskControl): Promise<Backup> {
    const { primitives, folder, clock, publicKey } = this.#options;
    const from = { primitives, path, openHeader: opening, ...control };
    const { at, bytes, end, publicKey: theirs } = await verifyBackup({ folder, primitives }, from);
    const { contacts, messages, damaged } = end;
    const backup = { file: path, madeAt: at, bytes, contacts, messages, damaged };
    // Somebody else's says nothing about what would bring us back.
    const newer = this.#settings.verified === null || at >= this.#settings.verified.madeAt;
    if (theirs === publicKey && newer) await this.#save({ verified: { ...backup, verifiedAt: clock.now() } });
    return backup;
  }

  async #save(changes: Partial<BackupSettings>): Promise<void> {
    const { store } = this.#options;
    const settings = { ...this.#settings, ...changes };
    await store.journal.write(() => saveBackupSettings(store, settings));
    this.#settings = settings;
    this.tell();
  }
}

/** Ours alone: others may keep theirs in the same folder. */
async function removeOld({ folder, id, keep }: Schedule, profile: string): Promise<void> {
  await onFiles(async () => {
    const ours = (await readdir(folder)).filter((name) => name.startsWith(`loom-${profile}-${id}-`)).sort();
    const whole = ours.filter((name) => name.endsWith('.backup'));
    // No other is being written now: these were left by a crash.
    const parts = ours.filter((name) => name.endsWith(PART));
    for (const name of [...whole.slice(0, -keep), ...parts]) await removeFile(join(folder, name));
  });
}

/** Sorts as time does. */
function stamp(at: number): string {
  return new Date(at)
    .toISOString()
    .replace(/\.\d+Z$/, '')
    .replace(/[-:]/g, '')
    .replace('T', '-');
}

function codeOf(error: unknown): ErrorCode {
  if (error instanceof CommandError) return error.code;
  if (error instanceof StorageError) return storageCode(error);
  throw error;
}
