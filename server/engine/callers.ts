// Who may ask for a code, by address: a code on the screen is a person's attention, and there is room for one guest alone.
// Identities cost nothing, addresses on a network some trouble.
import { Bucket } from './bucket.ts';
import type { Clock } from './clock.ts';

/** Codes asked for at once: somebody who slips, whose link breaks, who begins anew. */
const BURST = 5;

/** One more so often. Whom a person sends away waits as long: time enough to turn to somebody else. */
const EVERY_MS = 30_000;

/** Addresses remembered; beyond that the one seen longest ago is forgotten. */
const REMEMBERED = 256;

export class Callers {
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #byHost = new Map<string, Bucket>();

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
    this.#byHost.clear();
  }

  #bucket(host: string): Bucket {
    const bucket = this.#byHost.get(host) ?? new Bucket(1000 / EVERY_MS, BURST, this.#clock.monotonic());
    this.#byHost.delete(host);
    this.#byHost.set(host, bucket);
    const [oldest] = this.#byHost.keys();
    if (this.#byHost.size > REMEMBERED && oldest !== undefined) this.#byHost.delete(oldest);
    return bucket;
  }
}
