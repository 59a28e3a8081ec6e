// Opens the messages 1 of strangers (protocol §3, "Bounds at the door"). Who keeps calling waits for those who do not: it is
// the turn of the lot that was served longest ago, and all together have a bounded part of the processor.
import { CALLS_PER_HANDSHAKE, STRANGER_CALL_BURST, STRANGER_CALLS_PER_SECOND } from '../../../protocol/limits.ts';
import { TokenBucket } from '../../../timing/token-bucket.ts';
import type { Clock } from '../../../timing/clock.ts';
import type { Guest } from './fair-places.ts';

/** Lots that are remembered as served; beyond that the one served longest ago is forgotten. */
const LOTS_REMEMBERED = 1024;

export class CallOpener {
  readonly #clock: Clock;
  readonly #bucket: TokenBucket;
  /** Who calls, in the order of coming, and how they are answered. */
  readonly #calling = new Map<Guest, () => boolean>();
  /** The number of the turn in which each lot was served last. */
  readonly #served = new Map<string, number>();
  #turn = 0;
  #cancel: (() => void) | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#bucket = new TokenBucket(STRANGER_CALLS_PER_SECOND, STRANGER_CALL_BURST, clock.monotonic());
  }

  /** @param answer opens message 1; whether it was made for us. Called once, now or later, unless the guest leaves. */
  call(guest: Guest, answer: () => boolean): void {
    this.#calling.set(guest, answer);
    this.#serve();
  }

  leave(guest: Guest): void {
    this.#calling.delete(guest);
  }

  #serve(): void {
    if (this.#cancel) return;
    for (let guest = this.#next(); guest; guest = this.#next()) {
      const now = this.#clock.monotonic();
      if (!this.#bucket.spend(now)) {
        this.#cancel = this.#clock.after(Math.ceil(this.#bucket.wait(now)), () => {
          this.#cancel = null;
          this.#serve();
        });
        return;
      }
      const answer = this.#calling.get(guest);
      this.#calling.delete(guest);
      this.#note(guest.lot);
      if (answer?.()) this.#bucket.charge(now, CALLS_PER_HANDSHAKE - 1);
    }
  }

  #next(): Guest | null {
    let next: Guest | null = null;
    for (const guest of this.#calling.keys()) if (!next || this.#turnOf(guest) < this.#turnOf(next)) next = guest;
    return next;
  }

  #turnOf({ lot }: Guest): number {
    return this.#served.get(lot) ?? 0;
  }

  #note(lot: string): void {
    this.#turn += 1;
    this.#served.delete(lot);
    this.#served.set(lot, this.#turn);
    const [oldest] = this.#served.keys();
    if (this.#served.size > LOTS_REMEMBERED && oldest !== undefined) this.#served.delete(oldest);
  }
}
