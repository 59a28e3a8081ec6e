// Drives the store's resealer while the profile is open: piece after piece, told in percents.
import type { Identity } from '../../contract/model.ts';
import { StorageError } from '../../storage/errors.ts';
import type { Store } from '../../storage/profile-store.ts';
import type { Clock } from '../../timing/clock.ts';
import { runInBackground } from '../background.ts';
import { lockAfter } from './idle-lock.ts';

/** How long a disk that refused is left alone. */
const RETRY_MS = 5_000;

/** How the profile is protected, as our own interface shows it. */
export function protectionOf(
  store: Store,
): Pick<Identity, 'passphraseSet' | 'lockAfter' | 'resealing' | 'changedWhileClosed'> {
  const { share } = store.resealer;
  const resealing = share === null ? null : Math.floor(share * 100);
  const changedWhileClosed = store.rowSet.noticed;
  return { passphraseSet: store.passphraseSet, lockAfter: lockAfter(store), resealing, changedWhileClosed };
}

export interface ResealingOptions {
  readonly store: Store;
  readonly clock: Clock;
  /** Another percent is done, or all of it. */
  readonly onProgress: () => void;
}

export class Resealing {
  readonly #options: ResealingOptions;
  #state: 'idle' | 'running' | 'stopped' = 'idle';
  #cancel: () => void = () => undefined;

  constructor(options: ResealingOptions) {
    this.#options = options;
  }

  /** Goes on where rows are left under an earlier key; nothing happens when there are none. */
  start(): void {
    if (this.#state !== 'idle') return;
    this.#cancel();
    this.#state = 'running';
    runInBackground(this.#run());
  }

  stop(): void {
    this.#state = 'stopped';
    this.#cancel();
  }

  async #run(): Promise<void> {
    try {
      while (this.#state === 'running' && (await this.#step()));
      if (this.#state === 'running') this.#state = 'idle';
    } catch (error) {
      if (!(error instanceof StorageError)) throw error;
      if (this.#state !== 'running') return;
      this.#state = 'idle';
      this.#cancel = this.#options.clock.after(RETRY_MS, () => this.start());
    }
  }

  /** @returns whether there is more to do. */
  async #step(): Promise<boolean> {
    const { store, onProgress } = this.#options;
    const before = protectionOf(store).resealing;
    const more = await store.resealer.step();
    if (this.#state === 'running' && protectionOf(store).resealing !== before) onProgress();
    return more;
  }
}
