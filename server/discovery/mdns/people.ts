// From the adverts of those visible to everyone to what the engine hears: who is there, told when it changes.
import type { DiscoveryListener, Person } from '../discovery.ts';
import type { Advert } from './advert-cache.ts';
import { bestFirst } from './found-addresses.ts';
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
    const people = new Map<string, Person>();
    for (const advert of adverts) {
      const person = personIn(advert);
      // A new label of the same person replaces the old one.
      if (person && (people.size < MAX_PEOPLE || people.has(person.token))) people.set(person.token, person);
    }
    const content = JSON.stringify([...people.values()]);
    if (content === this.#told) return;
    this.#told = content;
    this.#listener.onPeople([...people.values()]);
  }
}

/** Null for contacts, and for what is not complete or shows no card. */
export function personIn({ judged, contact, text, service, addresses }: Advert): Person | null {
  if (!judged || contact !== null || !text?.card || !service || addresses.size === 0) return null;
  return { ...text.card, hosts: bestFirst([...addresses.values()].flatMap(({ hosts }) => hosts)), port: service.port };
}
