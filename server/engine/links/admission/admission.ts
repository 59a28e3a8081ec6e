// Who may hold a socket of ours before it is known who they are (protocol §3, "Bounds at the door").
//
//   contact's address ──▶ half open ─────────────────────────────────────────────────▶ greeted
//   stranger ──▶ waiting ──message 1 is here──▶ porter ──it opens──▶ half open ───────▶ greeted
//
// Addresses of contacts have places of their own: no flood of strangers, however many they are, shuts them out. A stranger
// always gets a place where nothing is known of anybody yet, and one of those who know our token by showing that.
import {
  HALF_OPEN_LINKS,
  HALF_OPEN_STRANGERS,
  HANDSHAKE_BURST,
  HANDSHAKES_PER_SECOND,
  WAITING_STRANGERS,
} from '../../../protocol/limits.ts';
import { TokenBucket } from '../../../timing/token-bucket.ts';
import type { Clock } from '../../../timing/clock.ts';
import { lotOf } from '../../../network/lot.ts';
import { FairPlaces, type Guest } from './fair-places.ts';
import { CallOpener } from './call-opener.ts';

/** Addresses whose rate is remembered; beyond that the one seen longest ago is forgotten. */
const ADDRESSES_REMEMBERED = 1024;

export interface Admitted {
  /**
   * Message 1 is here. @param answer opens and answers it, at once or when it is their turn; whether it was made for us.
   */
  called(answer: () => boolean): void;
  /** No longer half open: greeted, or gone. */
  left(): void;
}

export class Admission {
  readonly #clock: Clock;
  readonly #rates = new Map<string, TokenBucket>();
  readonly #contacts = new FairPlaces(HALF_OPEN_LINKS);
  readonly #waiting = new FairPlaces(WAITING_STRANGERS);
  readonly #strangers = new FairPlaces(HALF_OPEN_STRANGERS);
  readonly #opener: CallOpener;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#opener = new CallOpener(clock);
  }

  /**
   * @param isContacts whether a contact was reached at this address; asked only when it has not come too often.
   * @param dismiss closes the connection: its place goes to another. `left` is called as for any end.
   * @returns null: close it, and say nothing.
   */
  admit(host: string, isContacts: () => boolean, dismiss: () => void): Admitted | null {
    if (!this.#rate(host).spend(this.#clock.monotonic())) return null;
    return isContacts()
      ? this.#contact({ host, lot: host, dismiss })
      : this.#stranger({ host, lot: lotOf(host), dismiss });
  }

  #contact(guest: Guest): Admitted {
    this.#contacts.take(guest);
    return { called: (answer) => void answer(), left: () => this.#contacts.leave(guest) };
  }

  #stranger(guest: Guest): Admitted {
    this.#waiting.take(guest);
    return {
      called: (answer) => this.#opener.call(guest, () => this.#open(guest, answer)),
      left: () => {
        this.#opener.leave(guest);
        this.#waiting.leave(guest);
        this.#strangers.leave(guest);
      },
    };
  }

  #open(guest: Guest, answer: () => boolean): boolean {
    if (!answer()) return false;
    this.#waiting.leave(guest);
    this.#strangers.take(guest);
    return true;
  }

  #rate(host: string): TokenBucket {
    const rate =
      this.#rates.get(host) ?? new TokenBucket(HANDSHAKES_PER_SECOND, HANDSHAKE_BURST, this.#clock.monotonic());
    this.#rates.delete(host);
    this.#rates.set(host, rate);
    const [oldest] = this.#rates.keys();
    if (this.#rates.size > ADDRESSES_REMEMBERED && oldest !== undefined) this.#rates.delete(oldest);
    return rate;
  }
}
