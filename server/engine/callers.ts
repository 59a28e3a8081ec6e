// Who may ask for a code, by lot (`lot.ts`): a code on the screen is a person's attention, and there is room for one guest alone.
// Identities cost nothing, addresses on a network some trouble.
import { Bucket } from './bucket.ts';
import type { Clock } from './clock.ts';
import { lotOf } from './lot.ts';

/** Codes asked for at once: somebody who slips, whose link breaks, who begins anew. */
const BURST = 5;

/** One more so often. Whom a person sends away waits as long: time enough to turn to somebody else. */
const EVERY_MS = 30_000;

/** Lots remembered; beyond that the one seen longest ago is forgotten. */
const REMEMBERED = 256;

export class Callers {
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #byLot = new Map<string, Bucket>();

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.#clock = clock;
  }

  /** Whether somebody who comes from there may ask now; then it counts. */
  admit(host: string): boolean {
    return this.#bucket(host).spend(this.#clock.monotonic());
  }

  /** A person does not want them. */
  turnAway(host: string): void {
    this.#bucket(host).drain(this.#clock.monotonic());
  }

  /** A person asks to be seen, by all. */
  forget(): void {
    this.#byLot.clear();
  }

  #bucket(host: string): Bucket {
    const lot = lotOf(host);
    const bucket = this.#byLot.get(lot) ?? new Bucket(1000 / EVERY_MS, BURST, this.#clock.monotonic());
    this.#byLot.delete(lot);
    this.#byLot.set(lot, bucket);
    const [oldest] = this.#byLot.keys();
    if (this.#byLot.size > REMEMBERED && oldest !== undefined) this.#byLot.delete(oldest);
    return bucket;
  }
}
