// Every command that a ready profile answers.
import type { ReadyCommand } from '../../contract/commands.ts';
import type { Backups } from '../tasks/backups.ts';
import type { Engine } from '../engine.ts';
import { cleanAbout, cleanName } from '../contacts/names.ts';
import { readPicture, toBase64 } from '../contacts/picture.ts';
import { actCommands } from './acts.ts';
import { backupCommands } from './backups.ts';
import { contactCommands } from './contacts.ts';
import { deletionCommands } from './deletion.ts';
import { draftCommands } from './drafts.ts';
import { fileCommands } from './files.ts';
import type { Handlers, Named } from './handlers.ts';
import { introductionCommands } from './introductions.ts';
import { inviteCommands } from './invites.ts';
import { markCommands } from './marks.ts';
import { messageCommands } from './messages.ts';
import { nearbyCommands } from './nearby.ts';
import { pairingCommands } from './pairing.ts';
import { phraseCommands } from './phrase.ts';
import { requestCommands } from './requests.ts';
import { ruleCommands } from './rules.ts';
import { searchCommands } from './search.ts';

/** Those of the vault are the profile's: they open and close what these stand on. */
export type EngineCommand = Exclude<ReadyCommand, VaultCommand>;
export type VaultCommand = Named<'vault'>;

export function engineCommands(engine: Engine, backups: Backups): Handlers<EngineCommand> {
  return {
    ...backupCommands(backups),
    ...contactCommands(engine),
    ...messageCommands(engine),
    ...actCommands(engine),
    ...deletionCommands(engine),
    ...draftCommands(engine),
    ...fileCommands(engine),
    ...markCommands(engine),
    ...ruleCommands(engine),
    ...phraseCommands(engine, () => backups.tell()),
    ...requestCommands(engine),
    ...searchCommands(engine),
    ...nearbyCommands(engine),
    ...pairingCommands(engine),
    ...inviteCommands(engine),
    ...introductionCommands(engine),
    'identity.rename': ({ name }) => engine.describe({ name: cleanName(name) }),
    'identity.describe': ({ name, about, picture }) =>
      engine.describe({
        ...(name !== undefined && { name: cleanName(name) }),
        ...(about !== undefined && { about: cleanAbout(about) }),
        ...(picture !== undefined && { picture: picture === null ? null : readPicture(picture) }),
      }),
    'identity.picture': () => ({ picture: engine.own.picture && toBase64(engine.own.picture) }),
    'identity.token': () => ({ token: engine.us.token, peerPort: engine.options.peerPort }),
  };
}
