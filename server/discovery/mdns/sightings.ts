// From adverts to what the engine hears: one sighting per contact, told when it changes.
import type { DiscoveryListener, Sighting } from '../discovery.ts';
import type { Advert } from './advert-cache.ts';
import { placeOf } from './found-addresses.ts';

export class Sightings {
  readonly #listener: DiscoveryListener;
  /** What was last told, by contact. */
  readonly #told = new Map<string, string>();

  constructor(listener: DiscoveryListener) {
    this.#listener = listener;
  }

  /** @param adverts all of the contact's, the one to go by last. */
  publish(contact: string, adverts: readonly Advert[]): void {
    const place = placeOf(adverts);
    if (!place) {
      if (this.#told.delete(contact)) this.#listener.onLost(contact);
      return;
    }
    const { label, hosts, port, ahead } = place;
    const sighting: Sighting = { contact, hosts, port, clockDifference: ahead };
    // A new label at the old address is news too: the contact was started anew, or changed its name.
    const content = JSON.stringify([label, sighting]);
    if (this.#told.get(contact) === content) return;
    this.#told.set(contact, content);
    this.#listener.onSighting(sighting);
  }
}
