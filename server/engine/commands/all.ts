// Every command that takes an open profile.
import type { CommandName } from '../../contract/commands.ts';
import type { Backups } from '../tasks/backups.ts';
import type { Engine } from '../engine.ts';
import { cleanName } from '../contacts/names.ts';
import { backupCommands } from './backups.ts';
import { contactCommands } from './contacts.ts';
import { deletionCommands } from './deletion.ts';
import type { Handlers } from './handlers.ts';
import { introductionCommands } from './introductions.ts';
import { inviteCommands } from './invites.ts';
import { messageCommands } from './messages.ts';
import { nearbyCommands } from './nearby.ts';
import { pairingCommands } from './pairing.ts';
import { phraseCommands } from './phrase.ts';
import { requestCommands } from './requests.ts';

/** Answered by the profile itself, in every state. */
export type OwnCommand =
  | 'status.get'
  | 'identity.get'
  | 'identity.create'
  | 'identity.restore'
  | 'backup.restore'
  | 'backup.places'
  | 'import.inspect'
  | 'import.run'
  | 'token.parse'
  | 'vault.unlock'
  | 'vault.lock'
  | 'vault.passphrase'
  | 'vault.used'
  | 'vault.lockAfter'
  | 'vault.wipe';

/** Answered where the sockets are: by `http`, for each connection. */
type DoorCommand = 'events.subscribe' | 'session.code' | 'session.renew' | 'process.stop';

/** Answered when the profile is ready. */
export type EngineCommand = Exclude<CommandName, OwnCommand | DoorCommand>;

export function engineCommands(engine: Engine, backups: Backups): Handlers<EngineCommand> {
  return {
    ...backupCommands(backups),
    ...contactCommands(engine),
    ...messageCommands(engine),
    ...deletionCommands(engine),
    ...phraseCommands(engine, () => backups.tell()),
    ...requestCommands(engine),
    ...nearbyCommands(engine),
    ...pairingCommands(engine),
    ...inviteCommands(engine),
    ...introductionCommands(engine),
    'identity.rename': ({ name }) => engine.rename(cleanName(name)),
    'identity.token': () => ({ token: engine.us.token, peerPort: engine.options.peerPort }),
  };
}
