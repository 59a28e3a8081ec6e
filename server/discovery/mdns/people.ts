// From the adverts of those visible to everyone to what the engine hears: who is there, told when it changes.
import type { Card, DiscoveryListener, Person } from '../discovery.ts';
import type { Advert } from './advert-cache.ts';
import { placeOf } from './found-addresses.ts';
import { MAX_PEOPLE } from './limits.ts';

export class People {
  readonly #listener: DiscoveryListener;
  /** What was last told. */
  #told = '[]';

  constructor(listener: DiscoveryListener) {
    this.#listener = listener;
  }

  /** @param adverts all there are, oldest first: a flood of newcomers pushes out nobody who is shown. */
  tell(adverts: readonly Advert[]): void {
    const byToken = new Map<string, Advert[]>();
    for (const advert of adverts) {
      const card = cardIn(advert);
      if (!card) continue;
      // One person: a new label beside the old one, or one on each of two networks.
      const same = byToken.get(card.token);
      if (same) same.push(advert);
      else if (byToken.size < MAX_PEOPLE) byToken.set(card.token, [advert]);
    }
    const people = [...byToken.values()].flatMap((same) => personIn(same) ?? []);
    const content = JSON.stringify(people);
    if (content === this.#told) return;
    this.#told = content;
    this.#listener.onPeople(people);
  }
}

/** Null for what is not complete or shows no card. */
export function cardIn({ judged, text, service, addresses }: Advert): Card | null {
  return judged && service && addresses.size > 0 ? (text?.card ?? null) : null;
}

/** @param adverts of one token, the newest last. */
function personIn(adverts: readonly Advert[]): Person | null {
  const card = adverts.at(-1)?.text?.card;
  const place = placeOf(adverts);
  return card && place ? { ...card, hosts: place.hosts, port: place.port } : null;
}
