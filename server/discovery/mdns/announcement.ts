// One name of ours on one adapter, from the first probe to the goodbye (RFC 6762 §8, §9, §10.1).
//
//   probing ──3 probes unanswered──▶ announced ──withdraw──▶ withdrawn
//      │  ▲
//      └──┘ lost a tie-break: wait a second, probe again; twice at most
//
// On a conflict the owner takes another name and drops this one; names are never kept.
import { TimerGroup, randomBetween } from '../../timing/timer-group.ts';
import type { TimerClock } from '../../timing/timer-group.ts';
import { linksOf } from '../../network/adapters.ts';
import type { Adapter, AdapterLink } from '../../network/adapters.ts';
import { Answerer } from './answerer.ts';
import * as limits from './limits.ts';
import type { Announce, Announced, AnnouncementEvents } from './medium.ts';
import { SERVICE, hostName, instanceName } from './dns/names.ts';
import { goodbye, pointerRecord, serviceTypeRecord, textRecord, uniqueRecords } from './dns/own-records.ts';
import type { OwnService } from './dns/own-records.ts';
import { encodeProbe, encodeResponse, recordKey } from './dns/packet.ts';
import type { MdnsRecord, Message, PointerRecord } from './dns/packet.ts';
import { compareProposals } from './dns/tie-break.ts';

export interface Speaking {
  readonly clock: TimerClock;
  readonly random: (length: number) => Uint8Array;
  readonly send: (link: AdapterLink, bytes: Uint8Array) => void;
}
type AnnouncementOptions = Speaking & AnnouncementEvents;

/** Names that we speak and defend ourselves. */
export function announceBy(speaking: Speaking): Announce {
  return (service, adapter, events) => new Announcement(service, adapter, { ...speaking, ...events });
}

type State = 'probing' | 'announced' | 'withdrawn';

export class Announcement implements Announced {
  readonly label: string;
  readonly #options: AnnouncementOptions;
  readonly #timers: TimerGroup;
  readonly #answerer: Answerer;
  /** As it was when the name was made. On others, or after a change, the name is never said. */
  readonly #adapter: Adapter;
  /** All that was ever said under this name, by `recordKey`: heard back, by loop or reflector, it is no conflict. */
  readonly #said = new Set<string>();
  readonly #names: readonly string[];
  #service: OwnService;
  #state: State = 'probing';
  #lostTieBreaks = 0;
  #rescuing = false;

  constructor(service: OwnService, adapter: Adapter, options: AnnouncementOptions) {
    this.label = service.label;
    this.#service = service;
    this.#options = options;
    this.#adapter = adapter;
    this.#names = [instanceName(service.label), hostName(service.label)];
    this.#timers = new TimerGroup(options.clock);
    this.#answerer = new Answerer({
      timers: this.#timers,
      random: options.random,
      records: () => [...this.#announced(), serviceTypeRecord],
      send: (link, answers) => this.#respond(link, answers),
    });
    this.#noteSaid();
  }

  start(): void {
    // RFC 6762 §8.1: machines switched on together must not probe together.
    const delay = randomBetween(this.#options.random, 0, limits.PROBE_INTERVAL);
    this.#timers.after(delay, () => this.#probe(1));
  }

  renewText(text: readonly Buffer[]): void {
    this.#service = { ...this.#service, text };
    this.#noteSaid();
    if (this.#state === 'announced') this.#say(() => [textRecord(this.#service)], limits.REPEAT_COUNT);
  }

  get pointer(): PointerRecord | null {
    return this.#state === 'announced' ? pointerRecord(this.#service) : null;
  }

  repeat(): void {
    if (this.#state === 'announced') this.#say(() => this.#announced(), limits.REPEAT_COUNT);
  }

  /** Who listens to both believes who spoke last. */
  defend(): boolean {
    this.repeat();
    return true;
  }

  receive(message: Message, link: AdapterLink, source: string): void {
    if (this.#state === 'withdrawn' || link.adapter.signature !== this.#adapter.signature) return;
    if (message.kind === 'response') {
      const records = [...message.answers, ...message.additionals];
      if (this.#foreign(records).some(({ ttl }) => ttl > 0)) this.#options.onConflict();
      else if (records.some((record) => record.ttl === 0 && this.#isAbout(record))) this.#rescue();
      return;
    }
    if (this.#state === 'announced') this.#answerer.receive(message, link, source);
    else this.#compareProbe(message);
  }

  withdraw(): void {
    const wasAnnounced = this.#state === 'announced';
    this.drop();
    if (!wasAnnounced) return;
    this.#send(encodeResponse(this.#announced().map(goodbye)));
  }

  drop(): void {
    this.#state = 'withdrawn';
    this.#timers.clear();
    this.#answerer.clear();
  }

  #probe(count: number): void {
    this.#send(encodeProbe(this.#names, this.#unique()));
    this.#timers.after(limits.PROBE_INTERVAL, () => {
      if (count < limits.PROBE_COUNT) this.#probe(count + 1);
      else this.#announce();
    });
  }

  #announce(): void {
    this.#state = 'announced';
    this.#say(
      () => this.#announced(),
      limits.ANNOUNCE_COUNT,
      () => this.#options.onEstablished(),
    );
  }

  /** @param onHeard after the second time. */
  #say(records: () => MdnsRecord[], times: number, onHeard: () => void = () => undefined, said = 1): void {
    this.#send(encodeResponse(records()));
    if (said < times) {
      const pause = limits.ANNOUNCE_INTERVAL * 2 ** (said - 1);
      this.#timers.after(pause, () => this.#say(records, times, onHeard, said + 1));
    }
    // Last, as it may end this.
    if (said === limits.REPEAT_COUNT) onHeard();
  }

  #compareProbe(message: Message): void {
    const theirs = message.authorities.filter(({ name }) => this.#names.includes(name));
    if (this.#foreign(theirs).length === 0) return;
    if (compareProposals(this.#unique(), theirs) >= 0) return;
    // Who proposes this name once more has read it from us.
    if (this.#lostTieBreaks >= limits.MAX_LOST_TIE_BREAKS) return;
    this.#lostTieBreaks += 1;
    this.#timers.clear();
    this.#timers.after(limits.TIE_BREAK_WAIT, () => this.#probe(1));
  }

  /** Someone else sent a goodbye in our name: those who believed it hear that we are here (RFC 6762 §10.1). */
  #rescue(): void {
    if (this.#state !== 'announced' || this.#rescuing) return;
    this.#rescuing = true;
    this.#timers.after(limits.RESCUE_DELAY, () => {
      this.#rescuing = false;
      this.#send(encodeResponse(this.#announced()));
    });
  }

  /** Answers, and with them what the asker will want next (RFC 6763 §12). */
  #respond(link: AdapterLink, answers: readonly MdnsRecord[]): void {
    const leads = answers.some((answer) => answer.type === 'SRV' || answer.name === SERVICE);
    const said = new Set(answers.map(recordKey));
    const rest = leads ? this.#unique().filter((record) => !said.has(recordKey(record))) : [];
    this.#options.send(link, encodeResponse(answers, rest));
  }

  #unique(): MdnsRecord[] {
    return uniqueRecords(this.#service, this.#adapter);
  }

  #announced(): MdnsRecord[] {
    return [pointerRecord(this.#service), ...this.#unique()];
  }

  #isAbout(record: MdnsRecord): boolean {
    return this.#names.includes(record.type === 'PTR' ? record.data : record.name);
  }

  #foreign(records: readonly MdnsRecord[]): MdnsRecord[] {
    return records.filter((record) => this.#names.includes(record.name) && !this.#said.has(recordKey(record)));
  }

  #noteSaid(): void {
    for (const record of this.#unique()) this.#said.add(recordKey(record));
  }

  #send(bytes: Uint8Array): void {
    for (const link of linksOf(this.#adapter)) this.#options.send(link, bytes);
  }
}
