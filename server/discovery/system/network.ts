// The system's responder as a medium: what is asked here, it answers, in the form of mDNS messages, and what it says by
// itself comes as one as well. So the browser of the built-in backend, with all its bounds, is the browser of this one.
// While the responder is not there, there are no adapters: as if all cables were out.
import { isLocalName } from '../../network/addresses.ts';
import { TimerGroup } from '../../timing/timer-group.ts';
import type { TimerClock } from '../../timing/timer-group.ts';
import type { DiscoveryReport } from '../discovery.ts';
import { linksOf, listAdapters, signaturesOf } from '../../network/adapters.ts';
import type { Adapter, Interfaces, AdapterLink } from '../../network/adapters.ts';
import { POLL_INTERVAL } from '../mdns/limits.ts';
import { SYSTEM } from '../mdns/medium.ts';
import type { Announce, Medium, MediumEvents } from '../mdns/medium.ts';
import { SERVICE, labelOf } from '../mdns/dns/names.ts';
import { parseMessage } from '../mdns/dns/packet.ts';
import type { MdnsRecord, Question } from '../mdns/dns/packet.ts';
import { addressRecord, goodbyeRecord, neighbourRecords } from './answers.ts';
import type { Spawn } from './child.ts';
import { Connection } from './connection.ts';
import { readListed } from './parse-reports.ts';
import type { Listed } from './parse-reports.ts';
import { hostLookUp } from './host-lookup.ts';
import type { LookUp } from './host-lookup.ts';
import { GATHER_TIME, START_TIMEOUT } from './limits.ts';
import { ServiceList } from './service-list.ts';
import type { ListedService } from './service-list.ts';
import { Registration } from './registration.ts';
import type { Operation, Responder } from './responder.ts';
import { problemOf, reasonOf } from './status.ts';
import type { Facts } from './status.ts';

export interface SystemNetworkOptions {
  readonly clock: TimerClock;
  /** What adapters there are. */
  readonly interfaces: () => Interfaces;
  /** Starts the process of the library. */
  readonly spawn: Spawn;
  readonly events: MediumEvents;
}

/** What is there while the responder is. */
interface Reach {
  readonly responder: Responder;
  readonly timers: TimerGroup;
  /** For each adapter that is used, by scope: on others nothing may be asked. */
  readonly browses: Map<string, Operation>;
  readonly neighbours: ServiceList;
  readonly lookUp: LookUp;
}

export class SystemNetwork implements Medium {
  readonly announce: Announce;
  readonly #options: SystemNetworkOptions;
  readonly #timers: TimerGroup;
  readonly #connection: Connection;
  /** Questions of this moment. */
  readonly #asked = new Map<string, Question>();
  #reach: Reach | null = null;
  #adapters: readonly Adapter[] = [];
  /** The reason last told, null before the first. */
  #told: string | null = null;
  #onSettled: () => void = () => undefined;
  #closed = false;

  constructor(options: SystemNetworkOptions) {
    const { clock, spawn } = options;
    this.#options = options;
    this.#timers = new TimerGroup(clock);
    this.#connection = new Connection(clock, spawn, {
      onUp: (responder) => {
        this.#reach = this.#reachBy(responder);
      },
      onLost: () => this.#lose(),
      onSettled: () => {
        this.#onSettled();
        this.#look();
      },
    });
    this.announce = (service, adapter, events) => {
      const { responder } = this.#connection;
      const onFailure = (): void => {
        if (this.#connection.responder === responder) this.#connection.fail();
      };
      return new Registration(service, adapter, { ...events, responder, timers: this.#timers, onFailure });
    };
  }

  get adapters(): readonly Adapter[] {
    return this.#adapters;
  }

  /** Resolves when it is known whether there is a responder. */
  async open(): Promise<void> {
    const settled = new Promise<void>((resolve) => {
      this.#onSettled = resolve;
      this.#timers.after(START_TIMEOUT, resolve);
    });
    this.#connection.open();
    await settled;
    this.#look();
    this.#scheduleNextLook();
  }

  /** Both families and all adapters ask the same; the responder is asked once. */
  send(_link: AdapterLink, bytes: Uint8Array): void {
    if (this.#asked.size === 0) this.#timers.after(GATHER_TIME, () => this.#answer());
    for (const question of parseMessage(bytes)?.questions ?? []) {
      this.#asked.set(`${question.type} ${question.name}`, question);
    }
  }

  report(): DiscoveryReport {
    return { problem: problemOf(this.#facts()), traffic: new Map() };
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#timers.clear();
    this.#onSettled();
    this.#lose();
    await this.#connection.close();
  }

  #reachBy(responder: Responder): Reach {
    const { clock, events } = this.#options;
    const timers = new TimerGroup(clock);
    const neighbours = new ServiceList({
      responder,
      timers,
      now: () => clock.now(),
      isOwn: (label) => events.isOwn(label),
      isWanted: (label) => events.isWanted(label),
      onResolved: (neighbour) => this.#resolved(neighbour),
      onGone: ({ label, scope }) => this.#say(scope, [goodbyeRecord(label)], SYSTEM),
    });
    return { responder, timers, browses: new Map(), neighbours, lookUp: hostLookUp(responder, timers) };
  }

  #lose(): void {
    this.#reach?.timers.clear();
    this.#reach?.neighbours.stop();
    this.#reach = null;
  }

  #scheduleNextLook(): void {
    if (this.#closed) return;
    this.#timers.after(POLL_INTERVAL, () => {
      this.#scheduleNextLook();
      this.#connection.tick();
      this.#look();
      this.#options.events.onTick();
    });
  }

  #look(): void {
    if (this.#closed) return;
    const before = this.#adapters;
    // Loopback is no network to a responder.
    const outside = listAdapters(this.#options.interfaces()).filter(({ internal }) => !internal);
    this.#adapters = this.#reach ? outside : [];
    if (this.#reach) this.#browse(this.#reach);
    this.#tellStatus();
    if (signaturesOf(this.#adapters) !== signaturesOf(before)) {
      this.#options.events.onChange(this.#adapters, before, false);
    }
  }

  /** On all adapters that are used, and on no other. */
  #browse({ responder, browses, neighbours }: Reach): void {
    const used = new Set(this.#adapters.map(({ scope }) => scope));
    for (const [scope, browse] of browses) {
      if (used.has(scope)) continue;
      browse.stop();
      browses.delete(scope);
      neighbours.leave(scope);
    }
    for (const scope of used) {
      if (browses.has(scope)) continue;
      const browse = responder.begin({ kind: 'browse', scope }, (kind, data) => {
        const listed = readListed(data);
        if (kind === 'listed' && listed?.scope === scope) neighbours.list(listed);
        if (kind === 'unlisted' && listed?.scope === scope) neighbours.unlist(listed);
        // The adapter went, or the responder: then all is begun anew.
        if (kind === 'failed' && browses.delete(scope)) browse.stop();
      });
      browses.set(scope, browse);
    }
  }

  /** Null for an adapter that is not used. */
  #linkOf(scope: string): AdapterLink | null {
    const adapter = this.#adapters.find((each) => each.scope === scope);
    return (adapter && linksOf(adapter)[0]) ?? null;
  }

  #answer(): void {
    const questions = [...this.#asked.values()];
    this.#asked.clear();
    for (const { name, type } of questions) {
      if (type === 'PTR' && name === SERVICE) this.#reach?.neighbours.askAll();
      if (type === 'SRV') this.#reach?.neighbours.ask(labelOf(name) ?? '');
      // Both families come together.
      if (type === 'A' && isLocalName(name)) void this.#findHost(name);
    }
  }

  #resolved({ label, scope, resolved }: ListedService): void {
    this.#say(scope, neighbourRecords(label, resolved), resolved.host);
    void this.#findHost(resolved.host);
  }

  async #findHost(host: string): Promise<void> {
    const reach = this.#reach;
    const found = (await reach?.lookUp(host)) ?? [];
    if (this.#reach !== reach) return;
    for (const scope of new Set(found.map((each) => each.scope))) {
      const here = found.filter((each) => each.scope === scope);
      const records = here.map(({ address }) => addressRecord(host, address));
      this.#say(scope, records, host);
    }
  }

  /** @param source who said it: the responder does not tell from what address, so one host is one source. */
  #say(scope: Listed['scope'], answers: readonly MdnsRecord[], source: string): void {
    const link = this.#linkOf(scope);
    if (!link || this.#closed) return;
    const rest = { truncated: false, questions: [], authorities: [], additionals: [] };
    this.#options.events.onMessage({ kind: 'response', answers, ...rest }, link, source);
  }

  #facts(): Facts {
    return { state: this.#connection.state, adapters: this.#adapters.length };
  }

  #tellStatus(): void {
    const reason = reasonOf(this.#facts());
    if (reason === this.#told) return;
    this.#told = reason;
    this.#options.events.onStatus({ status: reason === '' ? 'on' : 'unavailable', reason });
  }
}
