// What the page may fetch: a ticket for each file, since the elements that show and save one can carry no secret but their
// address. They are of this process alone, and gone when the profile is locked.
import { toHex } from '../../crypto/bytes.ts';
import type { Clock } from '../../timing/clock.ts';
import type { MessageRef } from '../../storage/tables/message/message-record.ts';

/** At once; one more and the oldest goes. A page shows some dozens. */
export const TICKETS = 4096;

/** To be used within this, ms: what is saved begins at once. */
export const SAVE_MS = 60_000;

/** What a ticket is for. */
export interface Errand {
  readonly message: MessageRef;
  readonly purpose: 'view' | 'save';
  /** As which it is given out: a media type. */
  readonly type: string;
}

export class Tickets {
  readonly #clock: Clock;
  readonly #random: (length: number) => Uint8Array;
  readonly #tickets = new Map<string, Errand & { readonly until: number }>();

  constructor(clock: Clock, random: (length: number) => Uint8Array) {
    this.#clock = clock;
    this.#random = random;
  }

  mint(errand: Errand): string {
    const [oldest] = this.#tickets.keys();
    if (this.#tickets.size >= TICKETS && oldest !== undefined) this.#tickets.delete(oldest);
    const ticket = toHex(this.#random(16));
    const until = errand.purpose === 'save' ? this.#clock.monotonic() + SAVE_MS : Infinity;
    this.#tickets.set(ticket, { ...errand, until });
    return ticket;
  }

  /** What it is for; one for saving is used up. Null: no such ticket, or no longer. */
  use(ticket: string): Errand | null {
    const known = this.#tickets.get(ticket);
    if (!known) return null;
    if (known.purpose === 'save') this.#tickets.delete(ticket);
    return known.until < this.#clock.monotonic() ? null : known;
  }

  clear(): void {
    this.#tickets.clear();
  }
}
