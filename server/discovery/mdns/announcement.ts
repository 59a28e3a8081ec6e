// One name of ours on the network, from the first probe to the goodbye (RFC 6762 §8, §9, §10.1).
//
//   probing ──3 probes unanswered──▶ announced ──withdraw──▶ withdrawn
//      │  ▲
//      └──┘ lost a tie-break: wait a second, probe again
//
// A conflict is told to the owner, who takes another name and drops this one; names are never kept.
import { TimerGroup, randomBetween } from '../clock.ts';
import type { DiscoveryClock } from '../clock.ts';
import { linksOf } from './adapters.ts';
import type { Adapter, Link } from './adapters.ts';
import { Answerer } from './answerer.ts';
import { ANNOUNCE_COUNT, ANNOUNCE_INTERVAL, PROBE_COUNT, PROBE_INTERVAL, TIE_BREAK_WAIT } from './limits.ts';
import { SERVICE, hostName, instanceName } from './names.ts';
import { goodbye, pointerRecord, serviceTypeRecord, textRecord, uniqueRecords } from './own-records.ts';
import type { OwnService } from './own-records.ts';
import { encodeProbe, encodeResponse, recordKey } from './packet.ts';
import type { MdnsRecord, Message, PointerRecord } from './packet.ts';
import { compareProposals } from './tie-break.ts';

export interface AnnouncementOptions {
  readonly clock: DiscoveryClock;
  readonly random: (length: number) => Uint8Array;
  readonly send: (link: Link, bytes: Uint8Array) => void;
  /** The name is out on all links, twice. */
  readonly onEstablished: () => void;
  /** Someone else speaks under the name. */
  readonly onConflict: () => void;
}

type State = 'probing' | 'announced' | 'withdrawn';

export class Announcement {
  readonly label: string;
  readonly #options: AnnouncementOptions;
  readonly #timers: TimerGroup;
  readonly #answerer: Answerer;
  /** The adapters as they were when the name was made. On others, or after a change, it is never said. */
  readonly #adapters: ReadonlyMap<string, Adapter>;
  /** All that was ever said under this name, by `recordKey`: heard back, by loop or reflector, it is no conflict. */
  readonly #said = new Set<string>();
  readonly #names: readonly string[];
  #service: OwnService;
  #state: State = 'probing';

  constructor(service: OwnService, adapters: readonly Adapter[], options: AnnouncementOptions) {
    this.label = service.label;
    this.#service = service;
    this.#options = options;
    this.#adapters = new Map(adapters.map((adapter) => [adapter.signature, adapter]));
    this.#names = [instanceName(service.label), hostName(service.label)];
    this.#timers = new TimerGroup(options.clock);
    this.#answerer = new Answerer({
      timers: this.#timers,
      random: options.random,
      records: ({ adapter }) => this.#recordsOn(adapter),
      send: (link, answers) => this.#respond(link, answers),
    });
    this.#noteSaid();
  }

  start(): void {
    // RFC 6762 §8.1: machines switched on together must not probe together.
    const delay = randomBetween(this.#options.random, 0, PROBE_INTERVAL);
    this.#timers.after(delay, () => this.#probe(1));
  }

  /** Says a new TXT record from now on. */
  renewText(text: readonly Buffer[]): void {
    this.#service = { ...this.#service, text };
    this.#noteSaid();
    if (this.#state === 'announced') this.#sayRepeatedly(1, () => [textRecord(this.#service)]);
  }

  /** Our own answer to the question for all, once it is out. */
  get pointer(): PointerRecord | null {
    return this.#state === 'announced' ? pointerRecord(this.#service) : null;
  }

  /** Says everything again, after a sleep. */
  repeat(): void {
    if (this.#state === 'announced') this.#sayRepeatedly(1, (adapter) => this.#announced(adapter));
  }

  receive(message: Message, link: Link, source: string): void {
    if (this.#state === 'withdrawn' || !this.#adapters.has(link.adapter.signature)) return;
    if (message.kind === 'response') {
      const foreign = this.#foreign([...message.answers, ...message.additionals]);
      if (foreign.some(({ ttl }) => ttl > 0)) this.#options.onConflict();
      return;
    }
    if (this.#state === 'announced') this.#answerer.receive(message, link, source);
    else this.#compareProbe(message, link);
  }

  /** Says goodbye where the name was said, and nothing after. */
  withdraw(): void {
    const wasAnnounced = this.#state === 'announced';
    this.drop();
    if (!wasAnnounced) return;
    this.#sendOnAll((adapter) => encodeResponse(this.#announced(adapter).map(goodbye)));
  }

  /** Falls silent without a goodbye: the name was never ours. */
  drop(): void {
    this.#state = 'withdrawn';
    this.#timers.clear();
    this.#answerer.clear();
  }

  #probe(count: number): void {
    this.#sendOnAll((adapter) => encodeProbe(this.#names, uniqueRecords(this.#service, adapter)));
    this.#timers.after(PROBE_INTERVAL, () => {
      if (count < PROBE_COUNT) this.#probe(count + 1);
      else this.#announce();
    });
  }

  #announce(): void {
    this.#state = 'announced';
    this.#sayRepeatedly(
      1,
      (adapter) => this.#announced(adapter),
      () => this.#options.onEstablished(),
    );
  }

  #sayRepeatedly(count: number, records: (adapter: Adapter) => MdnsRecord[], done?: () => void): void {
    this.#sendOnAll((adapter) => encodeResponse(records(adapter)));
    if (count < ANNOUNCE_COUNT) {
      this.#timers.after(ANNOUNCE_INTERVAL, () => this.#sayRepeatedly(count + 1, records, done));
    } else {
      done?.();
    }
  }

  #compareProbe(message: Message, link: Link): void {
    const theirs = message.authorities.filter(({ name }) => this.#names.includes(name));
    if (this.#foreign(theirs).length === 0) return;
    if (compareProposals(uniqueRecords(this.#service, link.adapter), theirs) >= 0) return;
    this.#timers.clear();
    this.#timers.after(TIE_BREAK_WAIT, () => this.#probe(1));
  }

  /** Answers, and with them what the asker will want next (RFC 6763 §12). */
  #respond(link: Link, answers: readonly MdnsRecord[]): void {
    const leads = answers.some((answer) => answer.type === 'SRV' || answer.name === SERVICE);
    const said = new Set(answers.map(recordKey));
    const rest = leads
      ? uniqueRecords(this.#service, link.adapter).filter((record) => !said.has(recordKey(record)))
      : [];
    this.#options.send(link, encodeResponse(answers, rest));
  }

  #announced(adapter: Adapter): MdnsRecord[] {
    return [pointerRecord(this.#service), ...uniqueRecords(this.#service, adapter)];
  }

  #recordsOn(adapter: Adapter): MdnsRecord[] {
    return [...this.#announced(adapter), serviceTypeRecord];
  }

  #foreign(records: readonly MdnsRecord[]): MdnsRecord[] {
    return records.filter((record) => this.#names.includes(record.name) && !this.#said.has(recordKey(record)));
  }

  #noteSaid(): void {
    for (const adapter of this.#adapters.values()) {
      for (const record of uniqueRecords(this.#service, adapter)) this.#said.add(recordKey(record));
    }
  }

  #sendOnAll(packet: (adapter: Adapter) => Uint8Array): void {
    for (const adapter of this.#adapters.values()) {
      const bytes = packet(adapter);
      for (const link of linksOf(adapter)) this.#options.send(link, bytes);
    }
  }
}
