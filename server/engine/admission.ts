// Who may hold a socket of ours before it is known who they are: bounds for half-open connections and for the rate of
// handshakes, in all and by address (protocol §3, "Deadlines and bounds"). Over a bound the socket is closed, nothing else.
import {
  HALF_OPEN_LINKS,
  HALF_OPEN_LINKS_PER_ADDRESS,
  HANDSHAKE_BURST,
  HANDSHAKES_PER_SECOND,
} from '../protocol/limits.ts';
import type { Clock } from './clock.ts';

/** Addresses whose rate is remembered; beyond that the one seen longest ago is forgotten. */
const ADDRESSES_REMEMBERED = 1024;

interface Bucket {
  tokens: number;
  at: number;
}

export class Admission {
  readonly #clock: Clock;
  readonly #halfOpen = new Map<string, number>();
  readonly #buckets = new Map<string, Bucket>();
  #total = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @returns a function to be called once when the connection is no longer half open, or null: close it. */
  admit(host: string): (() => void) | null {
    const here = this.#halfOpen.get(host) ?? 0;
    if (this.#total >= HALF_OPEN_LINKS || here >= HALF_OPEN_LINKS_PER_ADDRESS || !this.#spend(host)) return null;
    this.#total += 1;
    this.#halfOpen.set(host, here + 1);
    let released = false;
    return () => {
      if (released) return;
      released = true;
      this.#release(host);
    };
  }

  #release(host: string): void {
    this.#total -= 1;
    const left = (this.#halfOpen.get(host) ?? 1) - 1;
    if (left > 0) this.#halfOpen.set(host, left);
    else this.#halfOpen.delete(host);
  }

  /** Token bucket: refilled at the allowed rate, holding at most a burst. */
  #spend(host: string): boolean {
    const now = this.#clock.monotonic();
    const known = this.#buckets.get(host);
    const refill = known ? ((now - known.at) / 1000) * HANDSHAKES_PER_SECOND : HANDSHAKE_BURST;
    const tokens = Math.min(HANDSHAKE_BURST, (known?.tokens ?? 0) + refill);
    const admitted = tokens >= 1;
    this.#buckets.delete(host);
    this.#buckets.set(host, { tokens: admitted ? tokens - 1 : tokens, at: now });
    if (this.#buckets.size > ADDRESSES_REMEMBERED) {
      const [oldest] = this.#buckets.keys();
      if (oldest !== undefined) this.#buckets.delete(oldest);
    }
    return admitted;
  }
}
