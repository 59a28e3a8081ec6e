// What state the profile is in, and what locks it.
import { z } from 'zod';
import { ANY, command, field, none, READY, result, type Done } from './command.ts';
import type { Identity } from './identity.ts';
import type { NetworkFacts } from './network.ts';
import { LOCK_AFTER_MINUTES, WIPE_WORD } from './limits.ts';

/** `new`: no identity yet. `locked`: a passphrase is wanted. `ready`: the network runs. */
export type ProfileState = 'new' | 'locked' | 'ready';

/**
 * Part of what is stored in which rows were put back, removed or added while nobody had the profile open; an older row
 * opens, since it was sealed for its place. `contact`: blocked, verified and the rest of what is known of people.
 */
export type ChangedPart = 'identity' | 'contact' | 'request' | 'invite' | 'setting';

export interface Status {
  readonly version: string;
  readonly profile: string;
  readonly dataDir: string;
  readonly pid: number;
  readonly state: ProfileState;
  /** TCP port for peers, bound in every state. */
  readonly peerPort: number;
  readonly crypto: 'native' | 'portable';
  readonly kem: 'native' | 'wasm' | 'portable';
  /** `failing`: the disk refuses writes; nothing is acknowledged until it works again. */
  readonly storage: 'ok' | 'failing';
  /** Null unless ready. */
  readonly network: NetworkFacts | null;
  /** When the newest verified backup was made; null: none, or not ready. */
  readonly verifiedBackup: number | null;
  /** As in the identity; null, too, unless ready. */
  readonly resealing: number | null;
  /** As in the identity; empty, too, unless ready. */
  readonly changedWhileClosed: readonly ChangedPart[];
  /** Messages of ours not yet delivered, over all contacts. */
  readonly queued: number;
}

export const profileCommands = {
  'status.get': command({
    params: none,
    result: result<Status>(),
    repeatable: true,
    needs: ANY,
  }),
  'vault.unlock': command({
    params: z.strictObject({ passphrase: field }),
    result: result<Done>(),
    repeatable: false,
    needs: { state: 'exists', caller: 'any' },
  }),
  'vault.lock': command({
    params: none,
    result: result<Done>(),
    repeatable: false,
    needs: READY,
  }),
  /** Sets, changes or (next empty) removes the passphrase; current is empty when none is set. */
  'vault.passphrase': command({
    params: z.strictObject({ current: field, next: field }),
    result: result<Identity>(),
    repeatable: false,
    needs: READY,
  }),
  /** The person is there: locking when idle begins to count anew. Sending a message says so, too. */
  'vault.used': command({
    params: none,
    result: result<Done>(),
    repeatable: false,
    needs: READY,
  }),
  /** Idle minutes until it locks by itself, if a passphrase is set; 0: never. */
  'vault.lockAfter': command({
    params: z.strictObject({ minutes: z.int().min(0).max(LOCK_AFTER_MINUTES) }),
    result: result<Identity>(),
    repeatable: false,
    needs: READY,
  }),
  /** The person has looked at what was changed while Loom was closed: it is not told any more. */
  'vault.checked': command({
    params: none,
    result: result<Identity>(),
    repeatable: false,
    needs: READY,
  }),
  /** Destroys the profile: keys, then every file in its folder. Nothing but a backup or the phrase brings it back. */
  'vault.wipe': command({
    params: z.strictObject({ word: z.literal(WIPE_WORD) }),
    result: result<Done>(),
    repeatable: false,
    needs: { state: 'any', caller: 'owner' },
  }),
};

export interface ProfileEvents {
  /** Created, unlocked, locked. After this, reload everything. */
  'state.changed': { readonly state: ProfileState };
  'storage.changed': { readonly storage: 'ok' | 'failing' };
}
