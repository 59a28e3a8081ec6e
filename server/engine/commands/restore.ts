// Ways into a new profile with an identity that exists already.
import { requirePath } from '../../backup/files.ts';
import { openHeader, type FileKeys, type Header } from '../../backup/header.ts';
import { restoreInto } from '../../backup/restore.ts';
import { CommandError } from '../../contract/errors.ts';
import { PHRASE_WORDS } from '../../contract/limits.ts';
import type { Identity } from '../../contract/model.ts';
import { phraseWords } from '../../contract/words/pasted.ts';
import { makePresenceKey } from '../../crypto/keys.ts';
import { parsePhrase } from '../../crypto/phrase.ts';
import type { Primitives } from '../../crypto/primitives.ts';
import { importOriginal, previewOriginal } from '../../import/import-loom.ts';
import type { IdentityRecord } from '../../storage/tables/identity.ts';
import type { Store } from '../../storage/profile-store.ts';
import type { Clock } from '../../timing/clock.ts';
import { cleanName } from '../contacts/names.ts';
import type { Tasks } from '../tasks/tasks.ts';
import type { Handlers } from './handlers.ts';
import { PHRASE_CHECKED } from '../tasks/backup-settings.ts';

/** Makes the profile of what `fill` writes, all of it or nothing, and opens it. @throws CommandError identity-exists. */
export type CreateFrom = (passphrase: string, fill: (store: Store) => Promise<void>) => Promise<Identity>;

/** Answered in a new profile. */
export type RestoreCommand = 'identity.restore' | 'backup.restore' | 'import.inspect' | 'import.run';

export interface RestoreOptions {
  readonly begin: CreateFrom;
  readonly random: (length: number) => Uint8Array;
  readonly clock: Clock;
  readonly primitives: Primitives;
  readonly tasks: Tasks;
  /** The profile's own. */
  readonly folder: string;
}

export function restoreCommands({
  begin,
  random,
  clock,
  primitives,
  tasks,
  folder,
}: RestoreOptions): Handlers<RestoreCommand> {
  return {
    'identity.restore': ({ phrase, name, passphrase }) => {
      const masterSeed = readPhrase(phrase);
      const identity = newIdentity(masterSeed, cleanName(name), random, clock);
      return begin(passphrase, async (store) => {
        await store.journal.write(() => {
          store.identity.save(identity);
          store.settings.put(PHRASE_CHECKED, clock.now());
        });
      });
    },
    'backup.restore': ({ file, opens, passphrase }) => {
      const path = requirePath(file);
      const opening = (header: Header): Promise<FileKeys> => openHeader(primitives, header, opens);
      return tasks.run('restore', (control) =>
        begin(passphrase, async (store) => {
          await restoreInto(store, { primitives, path, openHeader: opening, ...control });
        }),
      );
    },
    'import.inspect': ({ file }) => {
      const path = requirePath(file);
      return tasks.run('import', (control) => previewOriginal({ primitives, path, folder, ...control }));
    },
    'import.run': ({ file, name, passphrase }) => {
      const path = requirePath(file);
      const ours = cleanName(name);
      return tasks.run('import', (control) =>
        begin(passphrase, (store) =>
          importOriginal(store, { primitives, path, folder, ...control }, ours, clock.now()),
        ),
      );
    },
  };
}

export function newIdentity(
  masterSeed: Uint8Array,
  name: string,
  random: (length: number) => Uint8Array,
  clock: Clock,
): IdentityRecord {
  return { masterSeed, presenceKey: makePresenceKey(random), name, device: 0, generation: 0, createdAt: clock.now() };
}

/** @throws CommandError phrase-… that says what is wrong, and with which word. */
function readPhrase(text: string): Uint8Array {
  const parsed = parsePhrase(phraseWords(text).join(' '));
  switch (parsed.kind) {
    case 'entropy':
      return parsed.entropy;
    case 'count':
      throw new CommandError('phrase-length', `a recovery phrase has ${PHRASE_WORDS} words, these are ${parsed.words}`);
    case 'unknown':
      throw new CommandError('phrase-word', `word ${parsed.number} is not in the list`, parsed.number);
    case 'checksum':
      throw new CommandError('phrase-checksum', 'the words do not fit together');
  }
}
