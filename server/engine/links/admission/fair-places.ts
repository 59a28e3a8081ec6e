// A bounded number of places that newcomers always get: who has most of them, or has been there longest, gives way. It costs
// a flood's every newcomer, so lots are counted as they come and go.
import { PLACES_PER_LOT } from '../../../protocol/limits.ts';
import { oldestOfMost } from '../../contacts/eviction.ts';

export interface Guest {
  readonly host: string;
  /** Whom it shares its places with. */
  readonly lot: string;
  /** Ends its connection. */
  readonly dismiss: () => void;
}

export class FairPlaces {
  readonly #most: number;
  /** Who has a place, by lot, in the order of coming; with the number of each. */
  readonly #lots = new Map<string, Map<Guest, number>>();
  #held = 0;
  #last = 0;

  constructor(most: number) {
    this.#most = most;
  }

  take(guest: Guest): void {
    const lot = this.#lots.get(guest.lot) ?? new Map<Guest, number>();
    this.#lots.set(guest.lot, lot);
    this.#last += 1;
    lot.set(guest, this.#last);
    this.#held += 1;
    if (lot.size > PLACES_PER_LOT) this.#dismissOf(lot);
    else if (this.#held > this.#most) this.#dismissOf(this.#largest());
  }

  leave(guest: Guest): void {
    const lot = this.#lots.get(guest.lot);
    if (!lot?.delete(guest)) return;
    this.#held -= 1;
    if (lot.size === 0) this.#lots.delete(guest.lot);
  }

  #dismissOf(lot: ReadonlyMap<Guest, number>): void {
    const gone = oldestOfMost([...lot.keys()], ({ host }) => host);
    this.leave(gone);
    gone.dismiss();
  }

  /** Of equals the one whose oldest has been there longest. */
  #largest(): ReadonlyMap<Guest, number> {
    let largest: ReadonlyMap<Guest, number> = new Map();
    for (const lot of this.#lots.values()) {
      const older = lot.size === largest.size && firstOf(lot) < firstOf(largest);
      if (lot.size > largest.size || older) largest = lot;
    }
    return largest;
  }
}

function firstOf(lot: ReadonlyMap<Guest, number>): number {
  const [first = Infinity] = lot.values();
  return first;
}
