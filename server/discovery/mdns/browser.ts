// Looks for others: asks, remembers adverts, finds out whose they are, keeps contacts' adverts fresh (RFC 6762 §5.2)
// and tells sightings. An advert lives as long as its SRV record; TXT and addresses live with it.
import { TimerGroup, randomBetween } from '../../timing/timer-group.ts';
import type { TimerClock } from '../../timing/timer-group.ts';
import type { DiscoveryListener } from '../discovery.ts';
import { clockDifference } from '../hint.ts';
import type { PresenceMatcher, Verdict } from '../presence.ts';
import { AdvertCache, isComplete } from './advert-cache.ts';
import type { Advert } from './advert-cache.ts';
import type { AdapterLink } from '../../network/adapters.ts';
import { Asker } from './asker.ts';
import { changedBy, claimOf, isLater, mayMove } from './belief.ts';
import { isSender, takeAddresses } from './found-addresses.ts';
import * as limits from './limits.ts';
import type { MdnsRecord, Message, PointerRecord } from './dns/packet.ts';
import { QUESTION_FOR_ALL, labelIn } from './dns/questions.ts';
import { Cards, cardIn } from './cards.ts';
import { Sightings } from './sightings.ts';
import { sameText } from './dns/txt-record.ts';

export interface BrowserOptions {
  readonly clock: TimerClock;
  readonly random: (length: number) => Uint8Array;
  readonly book: PresenceMatcher;
  readonly listener: DiscoveryListener;
  /** All links there are at the moment. */
  readonly links: () => readonly AdapterLink[];
  readonly send: (link: AdapterLink, bytes: Uint8Array) => void;
  /** Whether a label is one of ours. */
  readonly isOwn: (label: string) => boolean;
  /** Our own answers to the question for all on a link. */
  readonly ownAnswers: (link: AdapterLink) => readonly PointerRecord[];
}

export class Browser {
  readonly #options: BrowserOptions;
  readonly #timers: TimerGroup;
  readonly #adverts = new AdvertCache((advert) => this.#forgotten(advert));
  readonly #sightings: Sightings;
  readonly #people: Cards;
  readonly #asker: Asker;
  #book: PresenceMatcher;

  constructor(options: BrowserOptions) {
    this.#options = options;
    this.#book = options.book;
    this.#timers = new TimerGroup(options.clock);
    this.#sightings = new Sightings(options.listener);
    this.#people = new Cards(options.listener);
    this.#asker = new Asker({
      ...options,
      timers: this.#timers,
      adverts: () => this.#adverts.values(),
      left: (advert) => this.#left(advert),
    });
  }

  get size(): number {
    return this.#adverts.size;
  }

  /** Asks soon, and then ever more rarely. */
  browse(): void {
    this.#asker.browse();
  }

  stop(): void {
    this.#timers.clear();
    this.#adverts.clear();
    this.#book.close();
  }

  /** Contacts changed. */
  useBook(book: PresenceMatcher): void {
    this.#book.close();
    this.#book = book;
    this.judgeAnew();
  }

  /** Keys or the quarter-hour changed: whose is what? Contacts' adverts first, they must not wait for strangers'. */
  judgeAnew(): void {
    const adverts = this.#adverts.values();
    for (const advert of adverts) advert.judged = false;
    for (const advert of adverts.filter(({ contact }) => contact !== null)) this.#judge(advert);
    this.judgeWaiting();
  }

  /** Those there was no time for before. */
  judgeWaiting(): void {
    for (const advert of this.#adverts.values()) if (!advert.judged) this.#judge(advert);
    this.#people.tell(this.#adverts.values());
  }

  /** Forgets what was learnt on other adapters than these, by name. */
  keepAdapters(kept: ReadonlySet<string>): void {
    for (const advert of this.#adverts.values()) {
      for (const [key, { adapter }] of advert.addresses) if (!kept.has(adapter)) advert.addresses.delete(key);
      if (advert.addresses.size === 0) this.#adverts.remove(advert);
      else this.#publish(advert.contact);
    }
    this.#people.tell(this.#adverts.values());
  }

  /** Whether it is a contact's, or shows a card: it is asked to stay. */
  isWanted(label: string): boolean {
    const advert = this.#adverts.get(label);
    return advert !== undefined && (advert.contact !== null || cardIn(advert) !== null);
  }

  receive(message: Message, link: AdapterLink, source: string): void {
    if (message.kind !== 'response') return;
    const records = [...message.answers, ...message.additionals];
    const touched = new Set<Advert>();
    let room = limits.MAX_NEW_ADVERTS_PER_PACKET;
    for (const record of records) {
      const label = labelIn(record);
      if (label === null || this.#options.isOwn(label)) continue;
      const known = this.#adverts.get(label);
      if (record.ttl === 0) {
        if (known) this.#leaves(known, record, source);
        continue;
      }
      if (!known && room === 0) continue;
      const advert = known ?? this.#adverts.add(label, source, link, this.#options.clock.now());
      if (!advert) continue;
      if (!known) room -= 1;
      this.#take(advert, record, link, source);
      touched.add(advert);
    }
    this.#takeAddresses(records, link, source);
    for (const advert of touched) if (this.#adverts.get(advert.label) === advert) this.#settle(advert);
    this.#people.tell(this.#adverts.values());
  }

  /** Anybody can take leave for others; then theirs ends when it is not said any more. */
  #leaves(advert: Advert, { type }: MdnsRecord, source: string): void {
    if (type !== 'TXT' && isSender(advert, source)) this.#adverts.remove(advert);
  }

  #take(advert: Advert, record: MdnsRecord, link: AdapterLink, source: string): void {
    if (record.type === 'SRV' || record.type === 'TXT') {
      const { service, text } = changedBy(advert, record);
      if (!this.#isBelievable(advert, { service, text }, source)) return;
      if (service?.port !== advert.service?.port || !sameText(text, advert.text)) advert.judged = false;
      if (service?.host !== advert.service?.host) advert.addresses.clear();
      if (!advert.judged) advert.claimedBy = source;
      advert.service = service;
      advert.text = text;
      if (record.type === 'SRV') this.#live(advert, record.ttl);
    }
    advert.link = link;
    // A name alone lives too, until it is known what stands behind it.
    if (!advert.service) this.#live(advert, limits.MIN_TTL_SECONDS);
  }

  /** Whether a contact's advert may become this. What there is no time to judge is not believed: it is said again. */
  #isBelievable(advert: Advert, next: Pick<Advert, 'service' | 'text'>, source: string): boolean {
    if (advert.contact === null) return true;
    const verdict = this.#verdict({ ...advert, ...next, claimedBy: source });
    return mayMove(advert, next.service, source) && isLater(advert, verdict, this.#options.clock.now());
  }

  #takeAddresses(records: readonly MdnsRecord[], link: AdapterLink, source: string): void {
    const hosts = new Set(records.filter(({ type }) => type === 'A' || type === 'AAAA').map(({ name }) => name));
    if (hosts.size === 0) return;
    for (const advert of this.#adverts.values()) {
      if (!advert.service || !hosts.has(advert.service.host)) continue;
      if (takeAddresses(advert, records, link, source)) this.#publish(advert.contact);
    }
  }

  /** After a packet: is it complete, whose is it, what is there to tell? */
  #settle(advert: Advert): void {
    if (!isComplete(advert)) this.#asker.completeSoon();
    if (!advert.judged) this.#judge(advert);
    else this.#publish(advert.contact);
  }

  #judge(advert: Advert): void {
    const before = advert.contact;
    const verdict = this.#verdict(advert);
    if (verdict.kind === 'later') return;
    advert.judged = true;
    advert.contact = null;
    if (verdict.kind === 'contact') {
      advert.contact = verdict.contact;
      advert.ahead = clockDifference(verdict.quarter, this.#options.clock.now());
      if (verdict.quarter !== advert.quarter || before === null) this.#watchRenewal(advert);
      advert.quarter = verdict.quarter;
    }
    if (advert.contact !== before) {
      this.#schedule(advert);
      this.#publish(before);
      if (advert.contact !== null) this.#adverts.trim(advert.contact);
    } else if (cardIn(advert)) this.#schedule(advert);
    this.#publish(advert.contact);
  }

  #verdict(advert: Pick<Advert, 'label' | 'service' | 'text' | 'contact' | 'claimedBy'>): Verdict {
    const claim = claimOf(advert);
    if (!claim) return { kind: 'stranger' };
    return this.#book.match(claim, this.#options.clock.now(), advert.contact ?? undefined, advert.claimedBy);
  }

  /** By timers, which no clock that is set has an influence on. */
  #watchRenewal(advert: Advert): void {
    advert.cancelStale();
    advert.cancelStale = this.#timers.after(limits.STALE_AFTER, () => {
      const claim = claimOf(advert);
      if (claim) this.#book.disown(claim);
      this.#adverts.remove(advert);
    });
  }

  #publish(contact: string | null): void {
    if (contact !== null) this.#sightings.publish(contact, this.#adverts.of(contact));
  }

  #forgotten(advert: Advert): void {
    this.#publish(advert.contact);
    this.#people.tell(this.#adverts.values());
  }

  /** Sets how long an advert is believed from now on. */
  #live(advert: Advert, seconds: number): void {
    advert.heardAt = this.#options.clock.now();
    advert.lifetime = clamp(seconds, limits.MIN_TTL_SECONDS, limits.MAX_TTL_SECONDS) * 1000;
    this.#schedule(advert);
  }

  /** The end of its life; and before it questions, for those that people see. Other strangers are not asked to stay. */
  #schedule(advert: Advert): void {
    advert.cancelTimers();
    const left = this.#left(advert);
    const age = advert.lifetime - left;
    const cancels = [this.#timers.after(left, () => this.#adverts.remove(advert))];
    if (advert.contact !== null || cardIn(advert)) {
      for (const [round, share] of limits.REFRESH_SHARES.entries()) {
        const jitter = (limits.REFRESH_JITTER * randomBetween(this.#options.random, 0, 100)) / 100;
        const due = advert.lifetime * (share + jitter) - age;
        if (due > 0) cancels.push(this.#timers.after(due, () => this.#refresh(advert, round)));
      }
    }
    advert.cancelTimers = () => {
      for (const cancel of cancels) cancel();
    };
  }

  /**
   * First everyone is asked at once, on one link, which is least noise: all answer, we too, as the question comes back
   * to us, and so all are fresh to all for the next while. Then this one by name and everywhere.
   */
  #refresh(advert: Advert, round: number): void {
    if (round === 0) this.#asker.askAll(advert.link, []);
    else this.#asker.askAbout([advert], [QUESTION_FOR_ALL]);
  }

  /** ms; robust against a clock that jumps. */
  #left(advert: Advert): number {
    return clamp(advert.heardAt + advert.lifetime - this.#options.clock.now(), 0, advert.lifetime);
  }
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}
