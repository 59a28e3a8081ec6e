// Who may hold a socket of ours before it is known who they are: bounds for half-open connections and for the rate of
// handshakes, in all and by address (protocol §3, "Bounds at the door"). Over a bound the socket is closed, nothing else.
// Addresses of contacts keep places and time of their own: no flood of strangers, however many they are, shuts them out.
import {
  HALF_OPEN_LINKS,
  HALF_OPEN_LINKS_PER_ADDRESS,
  HALF_OPEN_STRANGERS,
  HANDSHAKE_BURST,
  HANDSHAKES_PER_SECOND,
  STRANGER_HANDSHAKE_BURST,
  STRANGER_HANDSHAKES_PER_SECOND,
} from '../protocol/limits.ts';
import { Bucket } from './bucket.ts';
import type { Clock } from './clock.ts';

/** Addresses whose rate is remembered; beyond that the one seen longest ago is forgotten. */
const ADDRESSES_REMEMBERED = 1024;

interface HalfOpen {
  strangers: number;
  total: number;
}

export class Admission {
  readonly #clock: Clock;
  readonly #byHost = new Map<string, number>();
  readonly #buckets = new Map<string, Bucket>();
  readonly #strangers: Bucket;
  readonly #halfOpen: HalfOpen = { strangers: 0, total: 0 };

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#strangers = new Bucket(STRANGER_HANDSHAKES_PER_SECOND, STRANGER_HANDSHAKE_BURST, clock.monotonic());
  }

  /**
   * @param isContacts whether a contact was reached at this address; asked only where there is room otherwise.
   * @returns a function to be called once when the connection is no longer half open, or null: close it.
   */
  admit(host: string, isContacts: () => boolean): (() => void) | null {
    const here = this.#byHost.get(host) ?? 0;
    if (this.#halfOpen.total >= HALF_OPEN_LINKS || here >= HALF_OPEN_LINKS_PER_ADDRESS) return null;
    if (!this.#bucket(host).spend(this.#clock.monotonic())) return null;
    const stranger = !isContacts();
    if (stranger && !this.#admitsStranger()) return null;
    this.#count(host, stranger, 1);
    let released = false;
    return () => {
      if (released) return;
      released = true;
      this.#count(host, stranger, -1);
    };
  }

  #admitsStranger(): boolean {
    return this.#halfOpen.strangers < HALF_OPEN_STRANGERS && this.#strangers.spend(this.#clock.monotonic());
  }

  #count(host: string, stranger: boolean, change: 1 | -1): void {
    this.#halfOpen.total += change;
    if (stranger) this.#halfOpen.strangers += change;
    const here = (this.#byHost.get(host) ?? 0) + change;
    if (here > 0) this.#byHost.set(host, here);
    else this.#byHost.delete(host);
  }

  #bucket(host: string): Bucket {
    const bucket =
      this.#buckets.get(host) ?? new Bucket(HANDSHAKES_PER_SECOND, HANDSHAKE_BURST, this.#clock.monotonic());
    this.#buckets.delete(host);
    this.#buckets.set(host, bucket);
    if (this.#buckets.size > ADDRESSES_REMEMBERED) {
      const [oldest] = this.#buckets.keys();
      if (oldest !== undefined) this.#buckets.delete(oldest);
    }
    return bucket;
  }
}
