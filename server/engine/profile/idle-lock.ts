// Locks when the person has been away for a while, or the computer was asleep. What counts as being there is told by who
// sees it: a tab that is used, a message sent from the command line.
import type { Store } from '../../storage/profile-store.ts';
import type { Clock } from '../../timing/clock.ts';

/** Minutes, until the person says otherwise; 0: never. */
const MINUTES = 15;
const NAME = 'lock-after';

const LOOK_MS = 5_000;
/** Work for the person counts as their being there for so long: a disk may be slow, or never come to an end. */
const BUSY_MS = 2 * 60 * 60_000;
/** A wall clock this far ahead of the running one was not set right: the computer slept. */
const ASLEEP_MS = 60_000;

/** After how many idle minutes the profile locks; 0: never. */
export function lockAfter(store: Store): number {
  const minutes = store.settings.get(NAME);
  return typeof minutes === 'number' && Number.isSafeInteger(minutes) && minutes >= 0 ? minutes : MINUTES;
}

/** Inside a `journal.write`. */
export function saveLockAfter(store: Store, minutes: number): void {
  store.settings.put(NAME, minutes);
}

export interface IdleLockOptions {
  readonly store: Store;
  readonly clock: Clock;
  /** Something is being done for the person that locking would end. */
  readonly isBusy: () => boolean;
  readonly onIdle: () => void;
}

export class IdleLock {
  readonly #options: IdleLockOptions;
  #minutes: number;
  #usedAt: number;
  #looked: { readonly wall: number; readonly running: number };
  #busySince: number | null = null;
  #cancel: () => void = () => undefined;

  constructor(options: IdleLockOptions) {
    this.#options = options;
    this.#minutes = lockAfter(options.store);
    this.#usedAt = options.clock.monotonic();
    this.#looked = this.#now();
    this.#wait();
  }

  /** The person is there. */
  used(): void {
    this.#usedAt = this.#options.clock.monotonic();
  }

  /** @param minutes 0: never. */
  change(minutes: number): void {
    this.#minutes = minutes;
    this.used();
  }

  stop(): void {
    this.#cancel();
  }

  #wait(): void {
    this.#cancel = this.#options.clock.after(LOOK_MS, () => this.#look());
  }

  #look(): void {
    const { store, onIdle } = this.#options;
    const before = this.#looked;
    const now = (this.#looked = this.#now());
    this.#wait();
    const busy = this.#isBusy(now.running);
    if (busy) this.used();
    if (this.#minutes === 0 || !store.passphraseSet || busy) return;
    const slept = now.wall - before.wall - (now.running - before.running) > ASLEEP_MS;
    if (slept || now.running - this.#usedAt >= this.#minutes * 60_000) onIdle();
  }

  #isBusy(now: number): boolean {
    this.#busySince = this.#options.isBusy() ? (this.#busySince ?? now) : null;
    return this.#busySince !== null && now - this.#busySince < BUSY_MS;
  }

  #now(): { wall: number; running: number } {
    const { clock } = this.#options;
    return { wall: clock.now(), running: clock.monotonic() };
  }
}
