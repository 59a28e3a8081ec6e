// Looks for others: asks, remembers adverts, finds out whose they are, keeps contacts' adverts fresh (RFC 6762 §5.2)
// and tells sightings. An advert lives as long as its SRV record; TXT and addresses live with it.
import { TimerGroup, randomBetween } from '../clock.ts';
import type { DiscoveryClock } from '../clock.ts';
import type { DiscoveryListener } from '../discovery.ts';
import type { PresenceBook } from '../presence.ts';
import { AdvertCache, isComplete, isHeardOn } from './advert-cache.ts';
import type { Advert } from './advert-cache.ts';
import type { Link } from './adapters.ts';
import { addressesOf } from './found-addresses.ts';
import * as limits from './limits.ts';
import { encodeQuery, encodedLength } from './packet.ts';
import type { MdnsRecord, Message, PointerRecord, Question } from './packet.ts';
import { QUESTION_FOR_ALL, answerFor, labelIn, questionsFor } from './questions.ts';
import { People, cardIn } from './people.ts';
import { Sightings } from './sightings.ts';
import { parseText, sameText } from './text.ts';

export interface BrowserOptions {
  readonly clock: DiscoveryClock;
  readonly random: (length: number) => Uint8Array;
  readonly book: PresenceBook;
  readonly listener: DiscoveryListener;
  /** All links there are at the moment. */
  readonly links: () => readonly Link[];
  readonly send: (link: Link, bytes: Uint8Array) => void;
  /** Whether a label is one of ours. */
  readonly isOwn: (label: string) => boolean;
  /** Our own answers to the question for all on a link. */
  readonly ownAnswers: (link: Link) => readonly PointerRecord[];
}

export class Browser {
  readonly #options: BrowserOptions;
  readonly #timers: TimerGroup;
  readonly #adverts = new AdvertCache((advert) => this.#forgotten(advert));
  readonly #sightings: Sightings;
  readonly #people: People;
  #book: PresenceBook;
  #cancelBrowsing: () => void = () => undefined;
  #completing = false;

  constructor(options: BrowserOptions) {
    this.#options = options;
    this.#book = options.book;
    this.#timers = new TimerGroup(options.clock);
    this.#sightings = new Sightings(options.listener);
    this.#people = new People(options.listener);
  }

  get size(): number {
    return this.#adverts.size;
  }

  /** Asks soon, and then ever more rarely. */
  browse(): void {
    this.#cancelBrowsing();
    const { low, high } = limits.ANSWER_DELAY;
    const again = (round: number): void => {
      for (const link of this.#options.links()) this.#askAll(link, this.#options.ownAnswers(link));
      const delay = limits.BROWSE_DELAYS[Math.min(round, limits.BROWSE_DELAYS.length - 1)] ?? 0;
      this.#cancelBrowsing = this.#timers.after(delay, () => again(round + 1));
    };
    this.#cancelBrowsing = this.#timers.after(randomBetween(this.#options.random, low, high), () => again(0));
  }

  stop(): void {
    this.#timers.clear();
    this.#adverts.clear();
    this.#book.close();
  }

  /** Contacts changed. */
  useBook(book: PresenceBook): void {
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

  receive(message: Message, link: Link, source: string): void {
    if (message.kind !== 'response') return;
    const records = [...message.answers, ...message.additionals];
    const touched = new Set<Advert>();
    let room = limits.MAX_NEW_ADVERTS_PER_PACKET;
    for (const record of records) {
      const label = labelIn(record);
      if (label === null || this.#options.isOwn(label)) continue;
      const known = this.#adverts.get(label);
      if (record.ttl === 0) {
        if (known && record.type !== 'TXT') this.#adverts.remove(known);
        continue;
      }
      if (!known && room === 0) continue;
      const advert = known ?? this.#adverts.add(label, source, link, this.#options.clock.now());
      if (!advert) continue;
      if (!known) room -= 1;
      this.#take(advert, record, link);
      touched.add(advert);
    }
    this.#takeAddresses(records, link);
    for (const advert of touched) if (this.#adverts.get(advert.label) === advert) this.#settle(advert);
    this.#people.tell(this.#adverts.values());
  }

  #take(advert: Advert, record: MdnsRecord, link: Link): void {
    advert.link = link;
    if (record.type === 'SRV') {
      const { port, target } = record.data;
      const changed = advert.service?.port !== port || advert.service.host !== target;
      if (changed) {
        advert.service = { host: target, port };
        advert.addresses.clear();
        advert.judged = false;
      }
      this.#live(advert, record.ttl);
    } else if (record.type === 'TXT') {
      const text = parseText(record.data);
      if (!sameText(text, advert.text)) advert.judged = false;
      advert.text = text;
    }
    // A name alone lives too, until it is known what stands behind it.
    if (!advert.service) this.#live(advert, limits.MIN_TTL_SECONDS);
  }

  #takeAddresses(records: readonly MdnsRecord[], link: Link): void {
    const hosts = new Set(records.filter(({ type }) => type === 'A' || type === 'AAAA').map(({ name }) => name));
    if (hosts.size === 0) return;
    for (const advert of this.#adverts.values()) {
      if (!advert.service || !hosts.has(advert.service.host)) continue;
      const before = JSON.stringify([...advert.addresses]);
      for (const [type, { addresses, flush }] of addressesOf(advert.service.host, records, link)) {
        const key = `${type} ${link.adapter.name}`;
        const kept = flush ? [] : (advert.addresses.get(key)?.hosts ?? []);
        const hosts = [...new Set([...kept, ...addresses])].slice(0, limits.MAX_ADDRESSES);
        if (hosts.length > 0) advert.addresses.set(key, { adapter: link.adapter.name, hosts });
        else advert.addresses.delete(key);
      }
      if (JSON.stringify([...advert.addresses]) !== before) this.#publish(advert.contact);
    }
  }

  /** After a packet: is it complete, whose is it, what is there to tell? */
  #settle(advert: Advert): void {
    if (!isComplete(advert)) this.#completeSoon(limits.COMPLETION_DELAY);
    if (!advert.judged) this.#judge(advert);
    else this.#publish(advert.contact);
  }

  #judge(advert: Advert): void {
    const before = advert.contact;
    const verdict = this.#verdict(advert);
    if (verdict.kind === 'later') return;
    advert.judged = true;
    advert.contact = verdict.kind === 'contact' ? verdict.contact : null;
    if (advert.contact !== before) {
      this.#schedule(advert);
      this.#publish(before);
      if (advert.contact !== null) this.#adverts.trim(advert.contact);
    } else if (cardIn(advert)) this.#schedule(advert);
    this.#publish(advert.contact);
  }

  #verdict({ label, service, text, contact, source }: Advert): ReturnType<PresenceBook['match']> {
    if (!service || !text) return { kind: 'stranger' };
    const claim = { ...text, label, port: service.port };
    return this.#book.match(claim, this.#options.clock.now(), contact ?? undefined, source);
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
    if (round === 0) this.#askAll(advert.link, []);
    else this.#askAbout([advert], [QUESTION_FOR_ALL]);
  }

  #completeSoon(delay: number): void {
    if (this.#completing) return;
    this.#completing = true;
    this.#timers.after(delay, () => {
      this.#completing = false;
      this.#complete();
    });
  }

  #complete(): void {
    const open = this.#adverts
      .values()
      .filter((advert) => !isComplete(advert) && advert.completions < limits.MAX_COMPLETIONS);
    const asked = open.slice(0, limits.MAX_ASKED_TOGETHER);
    for (const advert of asked) advert.completions += 1;
    this.#askAbout(asked, []);
    if (open.length > 0) this.#completeSoon(limits.COMPLETION_INTERVAL);
  }

  /** Asks about adverts, on the adapters they were heard on: what is near on one network is no other's business. */
  #askAbout(adverts: readonly Advert[], also: readonly Question[]): void {
    for (const link of this.#options.links()) {
      const questions = adverts.filter((advert) => isHeardOn(advert, link)).flatMap(questionsFor);
      if (questions.length > 0)
        this.#options.send(link, encodeQuery([...also, ...questions], this.#options.ownAnswers(link)));
    }
  }

  /** The question for all, with the answers from this adapter we need not hear again (RFC 6762 §7.1). */
  #askAll(link: Link, own: readonly MdnsRecord[]): void {
    const known = [...own];
    let length = encodeQuery([QUESTION_FOR_ALL], known).length;
    for (const advert of this.#adverts.values()) {
      const left = this.#left(advert);
      if (!isComplete(advert) || left * 2 < advert.lifetime || !isHeardOn(advert, link)) continue;
      const record = answerFor(advert.label, Math.floor(left / 1000));
      length += encodedLength(record);
      if (length > limits.MAX_SENT_BYTES) break;
      known.push(record);
    }
    this.#options.send(link, encodeQuery([QUESTION_FOR_ALL], known));
  }

  /** ms; robust against a clock that jumps. */
  #left(advert: Advert): number {
    return clamp(advert.heardAt + advert.lifetime - this.#options.clock.now(), 0, advert.lifetime);
  }
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}
