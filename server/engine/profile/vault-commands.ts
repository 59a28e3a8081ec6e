// What locks a ready profile, and when: its passphrase, and the minutes that nobody is there.
import type { Identity } from '../../contract/model.ts';
import type { VaultCommand } from '../commands/all.ts';
import { done, type Handlers } from '../commands/handlers.ts';
import { checkPassphrase } from '../command-errors.ts';
import { saveLockAfter } from './idle-lock.ts';
import type { OpenProfile } from './open-profile.ts';

export interface VaultOptions {
  /** @throws CommandError locked, no-identity. */
  readonly opened: () => OpenProfile;
  /** Opening and closing take turns, and so does what must not meet either. */
  readonly inTurn: <T>(work: () => Promise<T>) => Promise<T>;
  readonly lock: () => Promise<typeof done>;
}

export function vaultCommands({ opened, inTurn, lock }: VaultOptions): Handlers<VaultCommand> {
  return {
    'vault.lock': () => inTurn(lock),
    'vault.used': () => {
      opened().idle.used();
      return done;
    },
    'vault.lockAfter': async ({ minutes }) => {
      const { store, idle, engine } = opened();
      await store.journal.write(() => saveLockAfter(store, minutes));
      idle.change(minutes);
      return engine.identityChanged();
    },
    'vault.checked': async () => {
      const { store, engine } = opened();
      await store.journal.write(() => store.rowSet.dismiss());
      return engine.identityChanged();
    },
    'vault.passphrase': ({ current, next }) => inTurn(() => changePassphrase(opened(), current, next)),
  };
}

async function changePassphrase(
  { store, engine, resealing }: OpenProfile,
  current: string,
  next: string,
): Promise<Identity> {
  checkPassphrase(next);
  await store.changePassphrase(current, next);
  resealing.start();
  return engine.identityChanged();
}
