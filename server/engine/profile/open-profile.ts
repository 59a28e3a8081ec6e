// All that runs while a profile is open: made of its store, and let go of in order.
import { networkInterfaces } from 'node:os';
import { toHex, wipe } from '../../crypto/bytes.ts';
import type { Store } from '../../storage/profile-store.ts';
import { Backups } from '../tasks/backups.ts';
import type { ReadyCommand } from '../../contract/commands.ts';
import { engineCommands, type VaultCommand } from '../commands/all.ts';
import type { Handlers } from '../commands/handlers.ts';
import { assembleParts } from '../assemble.ts';
import { engineOf, type Engine } from '../engine.ts';
import type { EventLog } from '../event-log.ts';
import { IdleLock } from './idle-lock.ts';
import type { ProfileOptions } from './profile-options.ts';
import { Resealing } from './resealing.ts';
import type { Tasks } from '../tasks/tasks.ts';

export interface OpenProfile {
  readonly store: Store;
  readonly engine: Engine;
  readonly backups: Backups;
  readonly idle: IdleLock;
  readonly resealing: Resealing;
  readonly handlers: Handlers<ReadyCommand>;
  /** Wiped when it is over. */
  readonly secrets: readonly Uint8Array[];
}

export interface OpenProfileOptions {
  readonly profile: ProfileOptions;
  readonly store: Store;
  readonly events: EventLog;
  readonly tasks: Tasks;
  readonly peerPort: number;
  readonly onIdle: () => void;
  readonly vaultCommands: Handlers<VaultCommand>;
}

/** Nothing of it has begun but the watch for idleness. */
export function assembleOpenProfile({
  profile,
  store,
  events,
  tasks,
  peerPort,
  onIdle,
  vaultCommands,
}: OpenProfileOptions): OpenProfile {
  const identity = store.identity.load();
  if (!identity) throw new Error('an open profile has an identity');
  const { primitives, random, clock, transport, discovery, folder, name } = profile;
  const { interfaces = networkInterfaces, addresses, network } = profile;
  const shared = { primitives, clock, events, store };
  const surroundings = { interfaces, addresses, network };
  const engine = engineOf(
    assembleParts({ ...shared, random, transport, discovery, identity, peerPort, ...surroundings }),
  );
  const publicKey = toHex(engine.us.keys.identityKey.publicKey);
  const backups = new Backups({ ...shared, folder, profile: name, publicKey, tasks });
  const idle = new IdleLock({ store, clock, isBusy: () => tasks.current !== null, onIdle });
  const secrets = [identity.masterSeed, identity.presenceKey];
  const resealing = new Resealing({ store, clock, onProgress: () => engine.identityChanged() });
  const handlers = { ...engineCommands(engine, backups), ...vaultCommands };
  return { store, engine, backups, idle, resealing, handlers, secrets };
}

/** Links, messages and keys go first: a task may be waiting for a disk that does not answer. */
export async function closeOpenProfile(
  { store, engine, backups, idle, resealing, secrets }: OpenProfile,
  tasks: Tasks,
): Promise<void> {
  idle.stop();
  backups.stop();
  resealing.stop();
  tasks.abort();
  await engine.stop();
  store.close();
  wipe(...secrets);
  await tasks.stop();
}
