// Who may ask for a code, by lot (`lot.ts`): a code on the screen is a person's attention, there is room for one guest alone, and
// wrong codes are counted over all. Identities cost nothing, addresses on a network some trouble.
import { PAIR_WRONG_TAGS_MS, PAIR_WRONG_TAGS_PER_ADDRESS } from '../../protocol/limits.ts';
import { TokenBucket } from '../../timing/token-bucket.ts';
import type { Clock } from '../../timing/clock.ts';
import { lotOf } from '../../network/lot.ts';

/** Codes asked for at once: somebody who slips, whose link breaks, who begins anew. */
const BURST = 5;

/** One more so often. Whom a person sends away waits as long: time enough to turn to somebody else. */
const EVERY_MS = 30_000;

/** Lots remembered; beyond that the one seen longest ago is forgotten. */
const REMEMBERED = 256;

interface Caller {
  readonly asking: TokenBucket;
  /** When wrong codes came from there, on the clock that only grows. */
  wrong: readonly number[];
}

export class PairingRateLimit {
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #byLot = new Map<string, Caller>();

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.#clock = clock;
  }

  /** Whether somebody who comes from there may ask now; then it counts. */
  admit(host: string): boolean {
    const caller = this.#caller(host);
    return !this.#isSpent(caller) && caller.asking.spend(this.#clock.monotonic());
  }

  /** A wrong code from there. @returns whether there have been so many that no other is taken. */
  wrongCode(host: string): boolean {
    const caller = this.#caller(host);
    caller.wrong = [...caller.wrong, this.#clock.monotonic()];
    return this.#isSpent(caller);
  }

  /** A person does not want them. */
  turnAway(host: string): void {
    this.#caller(host).asking.drain(this.#clock.monotonic());
  }

  /** A person asks to be seen, by all. */
  forget(): void {
    this.#byLot.clear();
  }

  #isSpent(caller: Caller): boolean {
    const since = this.#clock.monotonic() - PAIR_WRONG_TAGS_MS;
    caller.wrong = caller.wrong.filter((at) => at > since);
    return caller.wrong.length >= PAIR_WRONG_TAGS_PER_ADDRESS;
  }

  #caller(host: string): Caller {
    const lot = lotOf(host);
    const known = this.#byLot.get(lot);
    const caller = known ?? { asking: new TokenBucket(1000 / EVERY_MS, BURST, this.#clock.monotonic()), wrong: [] };
    this.#byLot.delete(lot);
    this.#byLot.set(lot, caller);
    const [oldest] = this.#byLot.keys();
    if (this.#byLot.size > REMEMBERED && oldest !== undefined) this.#byLot.delete(oldest);
    return caller;
  }
}
