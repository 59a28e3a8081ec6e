// The adverts of others, bounded: a flood of strangers cannot push out contacts, nor one source all others.
import type { AdapterLink } from '../../network/adapters.ts';
import { MAX_ADVERTS, MAX_ADVERTS_PER_CONTACT, MAX_STRANGERS_PER_SOURCE } from './limits.ts';
import type { PresenceText } from './dns/txt-record.ts';

export interface Advert {
  readonly label: string;
  /** Address it first came from. */
  readonly source: string;
  /** Address that its SRV or TXT record last came from. */
  claimedBy: string;
  /** Where it was last heard. */
  link: AdapterLink;
  /** From SRV; null until that is known. */
  service: { readonly host: string; readonly port: number } | null;
  /** From TXT. */
  text: PresenceText | null;
  /** Usable addresses, with scope, by record type, the adapter of ours they were heard on, and who said so. */
  readonly addresses: Map<string, { readonly adapter: string; readonly hosts: readonly string[] }>;
  /** The contact whose key fits; null for strangers and while not judged. */
  contact: string | null;
  /** Of a contact's: how far their clock is ahead of ours, see `clockDifference`; and what quarter-hour it was there. */
  ahead: number;
  quarter: number;
  judged: boolean;
  /** ms since 1970, and the life it then had left. */
  heardAt: number;
  lifetime: number;
  /** How often its missing parts were asked for. */
  completions: number;
  cancelTimers: () => void;
  /** The end of what is not renewed. */
  cancelStale: () => void;
}

export class AdvertCache {
  /** Oldest first. */
  readonly #adverts = new Map<string, Advert>();
  readonly #onEvicted: (advert: Advert) => void;

  constructor(onEvicted: (advert: Advert) => void) {
    this.#onEvicted = onEvicted;
  }

  get size(): number {
    return this.#adverts.size;
  }

  get(label: string): Advert | undefined {
    return this.#adverts.get(label);
  }

  values(): Advert[] {
    return [...this.#adverts.values()];
  }

  /** Makes room as needed. @returns null when there is none for a newcomer. */
  add(label: string, source: string, link: AdapterLink, now: number): Advert | null {
    const strangers = this.values().filter(({ contact }) => contact === null);
    const ofSource = strangers.filter((advert) => advert.source === source);
    if (ofSource.length >= MAX_STRANGERS_PER_SOURCE) this.#evict(ofSource);
    else if (this.#adverts.size >= MAX_ADVERTS) this.#evict(strangers);
    if (this.#adverts.size >= MAX_ADVERTS) return null;
    const advert: Advert = {
      label,
      source,
      claimedBy: source,
      link,
      service: null,
      text: null,
      addresses: new Map(),
      contact: null,
      ahead: 0,
      quarter: 0,
      judged: false,
      heardAt: now,
      lifetime: 0,
      completions: 0,
      cancelTimers: () => undefined,
      cancelStale: () => undefined,
    };
    this.#adverts.set(label, advert);
    return advert;
  }

  /** After an advert was found to be a contact's: holds that contact to its share. */
  trim(contact: string): void {
    const own = this.of(contact);
    if (own[0] && own.length > MAX_ADVERTS_PER_CONTACT) this.remove(own[0]);
  }

  /**
   * A contact's adverts, those to go by last: by clocks that agree before others, then as they were made. Repeats of what
   * was said once come before what is said now, and so make way for it.
   */
  of(contact: string): Advert[] {
    const own = this.values().filter((advert) => advert.contact === contact);
    return own.toSorted((a, b) => Number(a.ahead === 0) - Number(b.ahead === 0) || a.quarter - b.quarter);
  }

  remove(advert: Advert): void {
    if (this.#adverts.get(advert.label) !== advert) return;
    this.#adverts.delete(advert.label);
    advert.cancelTimers();
    advert.cancelStale();
    this.#onEvicted(advert);
  }

  clear(): void {
    for (const advert of this.#adverts.values()) {
      advert.cancelTimers();
      advert.cancelStale();
    }
    this.#adverts.clear();
  }

  /** Known strangers before those not judged yet, then the oldest. */
  #evict(candidates: readonly Advert[]): void {
    const victim = candidates.find(({ judged }) => judged) ?? candidates[0];
    if (victim) this.remove(victim);
  }
}

/** Everything is known that a sighting needs. */
export function isComplete({ service, text, addresses }: Advert): boolean {
  return service !== null && text !== null && addresses.size > 0;
}

/** Whether the advert is known from the link's adapter. */
export function isHeardOn({ link, addresses }: Advert, { adapter }: AdapterLink): boolean {
  return link.adapter.name === adapter.name || [...addresses.values()].some((known) => known.adapter === adapter.name);
}
