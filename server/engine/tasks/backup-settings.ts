// What a profile remembers about its backups: one setting, which no backup carries.
import { z } from 'zod';
import { errorCodes } from '../../contract/errors.ts';
import type { Store } from '../../storage/profile-store.ts';
import { isWithinArgon2Bounds } from '../../crypto/passphrase.ts';
import { bytesSchema } from '../../storage/sealing/sealing.ts';

const NAME = 'backup';

/** The setting that says when the person last had the recovery phrase, ms. */
export const PHRASE_CHECKED = 'phrase-checked-at';

const time = z.number();
const backupSchema = z.object({
  file: z.string(),
  madeAt: time,
  bytes: z.number(),
  contacts: z.number(),
  messages: z.number(),
  damaged: z.number(),
  tooLarge: z.number().default(0),
});

const schema = z.object({
  schedule: z
    .object({
      folder: z.string(),
      keep: z.number(),
      /** Tells our files in the folder from those of others. */
      id: z.string(),
      argon2: z.object({ memoryKiB: z.number(), passes: z.number(), lanes: z.number() }).refine(isWithinArgon2Bounds),
      salt: bytesSchema,
      secret: bytesSchema,
      /** When the last one was made. */
      madeAt: time,
    })
    .nullable(),
  last: backupSchema.nullable(),
  verified: backupSchema.extend({ verifiedAt: time }).nullable(),
  failure: z.object({ at: time, code: z.enum(errorCodes) }).nullable(),
  /** No reminding that there is no way back. */
  dismissed: z.boolean().default(false),
});

export type BackupSettings = z.infer<typeof schema>;
export type Schedule = NonNullable<BackupSettings['schedule']>;

const none: BackupSettings = { schedule: null, last: null, verified: null, failure: null, dismissed: false };

/** Those of a later Loom that mean something else here are as good as none. */
export function loadBackupSettings(store: Store): BackupSettings {
  const read = schema.safeParse(store.settings.get(NAME));
  return read.success ? read.data : none;
}

/** Inside a `journal.write`. */
export function saveBackupSettings(store: Store, settings: BackupSettings): void {
  store.settings.put(NAME, settings);
}
