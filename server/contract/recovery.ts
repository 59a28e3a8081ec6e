// Ways back: recovery phrase, backups, and what is restored or imported into a new profile.
import { z } from 'zod';
import { ANY, command, field, NEW, none, READY, result } from './command.ts';
import type { ErrorCode } from './errors.ts';
import type { Identity } from './identity.ts';
import { BACKUPS_KEPT, PHRASE_ASKED, PHRASE_WORDS } from './limits.ts';

/** Long work, one at a time: a backup being made or verified, a profile restored or imported. */
export interface Task {
  readonly kind: 'backup' | 'verify' | 'restore' | 'import';
  /** 0 to 100. */
  readonly percent: number;
}

/** A backup file, as it was when this Loom made or verified it. */
export interface Backup {
  readonly file: string;
  readonly madeAt: number;
  readonly bytes: number;
  readonly contacts: number;
  readonly messages: number;
  /** Messages that could not be read any more, and are not in it. */
  readonly damaged: number;
  /** Messages longer than a backup holds, and not in it. */
  readonly tooLarge: number;
}

export interface BackupStatus {
  /** When the person last had the recovery phrase; null: never, that is known. */
  readonly phraseCheckedAt: number | null;
  /** Daily backups into a folder, of which the newest so many are kept; null: none. */
  readonly schedule: { readonly folder: string; readonly keep: number } | null;
  /** The newest that was made here. */
  readonly last: Backup | null;
  /** The newest of ours that was restored for trial, and found whole. */
  readonly verified: (Backup & { readonly verifiedAt: number }) | null;
  /** Why the schedule's last try failed; null: it did not. */
  readonly failure: { readonly at: number; readonly code: ErrorCode } | null;
  /** Worth a word: nothing would bring this person back, and they have not said that they know. */
  readonly remind: boolean;
  readonly task: Task | null;
}

/** Where backups may go on this computer, and those that are found there. All paths are whole. */
export interface BackupPlaces {
  /** The person's own folder for them first, which is made when it is needed; then sticks and disks that are plugged in. */
  readonly folders: readonly { readonly path: string; readonly kind: 'home' | 'removable' }[];
  /** Newest first, as far as their names tell. */
  readonly backups: readonly string[];
  /** Between a folder and a name in it. */
  readonly separator: string;
}

/** What an import would bring. */
export interface ImportPreview {
  /** Identity key, 64 hex digits. */
  readonly publicKey: string;
  readonly token: string;
  readonly contacts: readonly { readonly name: string; readonly publicKey: string; readonly messages: number }[];
  readonly messages: number;
  /** What cannot be brought, by reason; never the identity. */
  readonly skipped: readonly { readonly reason: ImportSkip; readonly count: number }[];
}

/**
 * A contact with keys that are none; one that is there twice; ourselves as a contact; a message of nobody's; one without
 * a text that can be shown; one longer than Loom takes.
 */
export type ImportSkip =
  'contact-keys' | 'contact-twice' | 'contact-self' | 'message-nobody' | 'message-unreadable' | 'message-too-large';

export const recoveryCommands = {
  /** In a new profile: the identity of a recovery phrase. Contacts and messages come back by themselves or not at all. */
  'identity.restore': command({
    params: z.strictObject({ phrase: field, name: field, passphrase: field }),
    result: result<Identity>(),
    repeatable: false,
    needs: NEW,
  }),
  /** Asks for the passphrase again; empty when none is set. */
  'phrase.show': command({
    params: z.strictObject({ passphrase: field }),
    /** 24 words, in order. */
    result: result<{ readonly words: readonly string[] }>(),
    repeatable: false,
    needs: READY,
  }),
  /** Three of the words, by number from 1, as the person has written them down. Only while the phrase was shown lately. */
  'phrase.check': command({
    params: z.strictObject({
      words: z.array(z.strictObject({ number: z.int().min(1).max(PHRASE_WORDS), word: field })).length(PHRASE_ASKED),
    }),
    /** The numbers of those that are wrong; none: the person has the phrase, and that is remembered. */
    result: result<{ readonly wrong: readonly number[] }>(),
    repeatable: false,
    needs: READY,
  }),
  'backup.status': command({
    params: none,
    result: result<BackupStatus>(),
    repeatable: true,
    needs: READY,
  }),
  /** `current` is the profile's passphrase, asked again as for the phrase: a backup holds the identity. */
  'backup.create': command({
    params: z.strictObject({ file: field, passphrase: field, current: field }),
    result: result<Backup>(),
    repeatable: false,
    needs: READY,
  }),
  /** Restores it for trial, compares, removes that again. */
  'backup.verify': command({
    params: z.strictObject({ file: field, passphrase: field }),
    result: result<Backup>(),
    repeatable: false,
    needs: READY,
  }),
  /** Daily, each verified; the first at once. Their passphrase is not kept, only what opens these backups. */
  'backup.schedule': command({
    params: z.strictObject({
      folder: field,
      keep: z.int().min(1).max(BACKUPS_KEPT),
      passphrase: field,
      current: field,
    }),
    result: result<BackupStatus>(),
    repeatable: false,
    needs: READY,
  }),
  'backup.unschedule': command({
    params: none,
    result: result<BackupStatus>(),
    repeatable: false,
    needs: READY,
  }),
  /** Where a backup could go, and those that lie there. In every state: who restores has no profile yet. */
  'backup.places': command({
    params: none,
    result: result<BackupPlaces>(),
    repeatable: true,
    needs: ANY,
  }),
  /** The person wants no more reminding that there is no way back. */
  'backup.dismiss': command({
    params: none,
    result: result<BackupStatus>(),
    repeatable: false,
    needs: READY,
  }),
  /** In a new profile. `passphrase` is the new profile's, empty for none; `opens` is the backup's. */
  'backup.restore': command({
    params: z.strictObject({ file: field, opens: field, passphrase: field }),
    result: result<Identity>(),
    repeatable: false,
    needs: NEW,
  }),
  /** In a new profile: what importing a database of the original Loom would bring. */
  'import.inspect': command({
    params: z.strictObject({ file: field }),
    result: result<ImportPreview>(),
    repeatable: false,
    needs: NEW,
  }),
  'import.run': command({
    params: z.strictObject({ file: field, name: field, passphrase: field }),
    result: result<Identity>(),
    repeatable: false,
    needs: NEW,
  }),
};

export interface RecoveryEvents {
  /** Null: it is over. */
  'task.changed': { readonly task: Task | null };
  'backup.changed': { readonly backup: BackupStatus };
}
