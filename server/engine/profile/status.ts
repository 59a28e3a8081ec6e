// A profile as `status.get` tells of it, in every state.
import type { ProfileState, Status } from '../../contract/model.ts';
import type { OpenProfile } from './open-profile.ts';
import type { ProfileOptions } from './profile-options.ts';
import { protectionOf } from './resealing.ts';

export function statusOf(
  { version, name, folder, primitives }: ProfileOptions,
  state: ProfileState,
  peerPort: number,
  opened: OpenProfile | null,
): Status {
  return {
    version,
    profile: name,
    dataDir: folder,
    pid: process.pid,
    state,
    peerPort,
    crypto: primitives.name,
    kem: primitives.kem.name,
    storage: opened?.engine.storageWatch.state ?? 'ok',
    network: opened?.engine.network() ?? null,
    verifiedBackup: opened?.backups.verifiedAt ?? null,
    resealing: opened ? protectionOf(opened.store).resealing : null,
    changedWhileClosed: opened?.store.rowSet.noticed ?? [],
    queued: opened?.store.outbox.total() ?? 0,
  };
}
