// Backups of an open profile: by hand, and daily into a folder. Each is restored for trial before it gets its name.
//
//   looks every ten minutes ── a day since the last, no task ──▶ write ─▶ prove ─▶ the oldest over `keep` go
//                                                                 └ fails ─▶ told, tried again an hour later
import { basename, dirname, join } from 'node:path';
import { requirePath, type Files } from '../../backup/files.ts';
import { backupSecret, openHeader, openWithSecret, type BackupSecret, type Header } from '../../backup/header.ts';
import type { FileKeys } from '../../backup/header.ts';
import { verifyBackup } from '../../backup/restore.ts';
import { PART, writeBackup } from '../../backup/write-backup.ts';
import { CommandError, type ErrorCode } from '../../contract/errors.ts';
import { BACKUP_FOLDER } from '../../contract/limits.ts';
import type { Backup, BackupStatus } from '../../contract/model.ts';
import { toHex } from '../../crypto/bytes.ts';
import { DEFAULT_ARGON2 } from '../../crypto/passphrase.ts';
import type { Primitives } from '../../crypto/primitives.ts';
import { StorageError } from '../../storage/errors.ts';
import type { Store } from '../../storage/profile-store.ts';
import {
  loadBackupSettings,
  PHRASE_CHECKED,
  saveBackupSettings,
  type BackupSettings,
  type Schedule,
} from './backup-settings.ts';
import { DAY_MS, type Clock } from '../../timing/clock.ts';
import { runInBackground } from '../background.ts';
import { isScarcity } from '../scarcity.ts';
import type { EventLog } from '../event-log.ts';
import { checkPassphrase, storageCode } from '../command-errors.ts';
import type { TaskControl, Tasks } from './tasks.ts';

const LOOK_MS = 10 * 60_000;
const RETRY_MS = 60 * 60_000;

const SCHEDULE_ID_BYTES = 4;

/** Of the work of a backup, what writing is; proving is the rest. */
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

type Changes = Partial<BackupSettings>;

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
      runInBackground(this.#look());
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
      const made = await this.#write(path, secret, control);
      await this.#save(control, made);
      return made.last;
    });
  }

  /** @throws CommandError path-invalid, file-…, backup-…, task-…. */
  verify(file: string, passphrase: string): Promise<Backup> {
    const path = requirePath(file);
    checkPassphrase(passphrase);
    const opening: Opening = (header) => openHeader(this.#options.primitives, header, passphrase);
    const { tasks, clock, publicKey } = this.#options;
    return tasks.run('verify', async (control) => {
      const { backup, theirs } = await this.#verify(path, opening, control);
      // Somebody else's says nothing about what would bring us back.
      const { verified } = this.#settings;
      const known = verified?.madeAt ?? -Infinity;
      // One of the future was made by a clock that was ahead.
      const newer = backup.madeAt >= known || known > clock.now();
      if (theirs === publicKey && newer)
        await this.#save(control, { verified: { ...backup, verifiedAt: clock.now() } });
      return backup;
    });
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
    await this.#put({ schedule: null, failure: null });
    return this.status();
  }

  async dismiss(): Promise<BackupStatus> {
    await this.#put({ dismissed: true });
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
    await this.#put({ failure: { at: clock.now(), code } });
  }

  async #make(schedule: Schedule, control: TaskControl): Promise<void> {
    const { folder, id, madeAt } = schedule;
    const { profile } = this.#options;
    const file = join(folder, `loom-${profile}-${id}-${stamp(madeAt)}.backup`);
    const made = await this.#write(file, schedule, control);
    await this.#save(control, { schedule, failure: null, ...made });
    await removeOld(control.files, schedule, profile, basename(file));
  }

  /** @returns what there is to remember of it: it was made, and it is verified. */
  async #write(
    path: string,
    secret: BackupSecret,
    control: TaskControl,
  ): Promise<Required<Pick<Changes, 'last' | 'verified'>> & { readonly last: Backup }> {
    const { store, primitives, clock } = this.#options;
    const { onProgress } = control;
    const opening: Opening = (header) => Promise.resolve(openWithSecret(primitives, header, secret.secret));
    const proving = { ...control, onProgress: shareOf(onProgress, WRITING_SHARE, 1) };
    await makeOffered(dirname(path), control.files);
    const madeAt = clock.now();
    const { bytes, counts, damaged, tooLarge } = await writeBackup({
      ...{ store, primitives, secret, path, at: madeAt, ...control },
      onProgress: shareOf(onProgress, 0, WRITING_SHARE),
      prove: (part) => this.#verify(part, opening, proving).catch(unproven),
    });
    const { contacts, messages } = counts;
    const last = { file: path, madeAt, bytes, contacts, messages, damaged, tooLarge };
    return { last, verified: { ...last, verifiedAt: clock.now() } };
  }

  async #verify(path: string, opening: Opening, control: TaskControl): Promise<{ backup: Backup; theirs: string }> {
    const { primitives, folder } = this.#options;
    const from = { primitives, path, openHeader: opening, ...control };
    const { at, bytes, end, publicKey: theirs } = await verifyBackup({ folder, primitives }, from);
    const { contacts, messages, damaged, tooLarge } = end;
    return { backup: { file: path, madeAt: at, bytes, contacts, messages, damaged, tooLarge }, theirs };
  }

  /** What came of a task, unless it was ended: the profile may be closed by now. */
  #save({ signal }: TaskControl, changes: Changes): Promise<void> {
    signal.throwIfAborted();
    return this.#put(changes);
  }

  async #put(changes: Changes): Promise<void> {
    const { store } = this.#options;
    const settings = { ...this.#settings, ...changes };
    await store.journal.write(() => saveBackupSettings(store, settings));
    this.#settings = settings;
    this.tell();
  }
}

/** The folder we offer need not be there yet. Any other that is not there was mistyped. */
async function makeOffered(folder: string, files: Files): Promise<void> {
  if (basename(folder) === BACKUP_FOLDER) await files.makeFolder(folder);
}

/**
 * Ours alone: others may keep theirs in the same folder. Those of a later time than the one just made are of a clock that
 * was ahead, and go first: or the new one would.
 */
async function removeOld(files: Files, { folder, id, keep }: Schedule, profile: string, made: string): Promise<void> {
  const ours = (await files.list(folder)).filter((name) => name.startsWith(`loom-${profile}-${id}-`)).sort();
  const all = ours.filter((name) => name.endsWith('.backup'));
  const whole = [...all.filter((name) => name > made), ...all.filter((name) => name <= made)];
  // No other is being written now: these were left by a crash.
  const parts = ours.filter((name) => name.endsWith(PART));
  for (const name of [...whole.slice(0, -keep), ...parts]) await files.remove(join(folder, name));
}

function shareOf(onProgress: (share: number) => void, from: number, to: number): (share: number) => void {
  return (share) => onProgress(from + share * (to - from));
}

/** A file that does not say what was written: the disk is to blame, or we are, and not who asked for it. */
function unproven(error: unknown): never {
  const isAboutContent = error instanceof CommandError && error.code.startsWith('backup-');
  throw isAboutContent
    ? new CommandError('backup-unproven', `what was written does not read back: ${error.code}`)
    : error;
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
  if (isScarcity(error)) return 'system-busy';
  throw error;
}
