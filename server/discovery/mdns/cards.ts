// From the adverts of those visible to everyone to what the engine hears: who is there, told when it changes.
import type { Card, DiscoveryListener, VisibleCard } from '../discovery.ts';
import type { Advert } from './advert-cache.ts';
import { placeOf } from './found-addresses.ts';
import { MAX_ADDRESSES, MAX_PEOPLE } from './limits.ts';

export class Cards {
  readonly #listener: DiscoveryListener;
  /** What was last told. */
  #told = '[]';

  constructor(listener: DiscoveryListener) {
    this.#listener = listener;
  }

  /** @param adverts all there are, oldest first. */
  tell(adverts: readonly Advert[]): void {
    const byToken = new Map<string, Advert[]>();
    for (const advert of adverts) {
      const card = cardIn(advert);
      if (!card) continue;
      // One person: a new label beside the old one, or one on each of two networks.
      const same = byToken.get(card.token);
      if (same) same.push(advert);
      else byToken.set(card.token, [advert]);
    }
    const people = chosen([...byToken.values()]).flatMap((same) => personIn(same) ?? []);
    const content = JSON.stringify(people);
    if (content === this.#told) return;
    this.#told = content;
    this.#listener.onPeople(people);
  }
}

/**
 * Those there is room for: the oldest of each source, then the second of each, and so on. So one machine that is a crowd hides
 * nobody, and a crowd that comes later pushes out nobody who has a source for themselves.
 */
function chosen(people: readonly (readonly Advert[])[]): readonly (readonly Advert[])[] {
  if (people.length <= MAX_PEOPLE) return people;
  const bySource = new Map<string, number>();
  const turns = new Map(
    people.map((same) => {
      const source = same[0]?.source ?? '';
      const turn = bySource.get(source) ?? 0;
      bySource.set(source, turn + 1);
      return [same, turn];
    }),
  );
  const first = people.toSorted((a, b) => (turns.get(a) ?? 0) - (turns.get(b) ?? 0)).slice(0, MAX_PEOPLE);
  return people.filter((same) => first.includes(same));
}

/** Null for what is not complete or shows no card. */
export function cardIn({ judged, text, service, addresses }: Advert): Card | null {
  return judged && service && addresses.size > 0 ? (text?.card ?? null) : null;
}

/**
 * Anybody can show a card that they have seen: where it was shown first counts, and what others say of the same port comes
 * behind it, since it may be another network of theirs. @param adverts of one token, the newest last.
 */
function personIn(adverts: readonly Advert[]): VisibleCard | null {
  const first = adverts[0]?.source;
  const own = adverts.filter(({ source }) => source === first);
  const card = own.at(-1)?.text?.card;
  const place = placeOf(own);
  if (!card || !place) return null;
  const { hosts, port } = place;
  const others = placeOf(adverts.filter(({ source, service }) => source !== first && service?.port === port));
  return { ...card, hosts: [...new Set([...hosts, ...(others?.hosts ?? [])])].slice(0, MAX_ADDRESSES), port };
}
