// One run of discovery, from start to stop: joins network, announcer, browser and resolver.
import { networkInterfaces } from 'node:os';
import type { DiscoveryListener, DiscoveryReport, MeetingKeys, Presence } from '../discovery.ts';
import type { MdnsOptions } from './options.ts';
import { PresenceBook, quarterHour } from '../presence.ts';
import { isSameNetwork, linksOf } from './adapters.ts';
import type { Adapter, Link } from './adapters.ts';
import { Announcer } from './announcer.ts';
import { Browser } from './browser.ts';
import { POLL_INTERVAL, SLEEP_NOTICED } from './limits.ts';
import { Network } from './network.ts';
import { parseMessage } from './packet.ts';
import { Resolver } from './resolver.ts';

export interface Run {
  /** Keys are copied. */
  readonly presence: Presence;
  /** TCP. */
  readonly port: number;
  readonly listener: DiscoveryListener;
}

const MDNS_PORT = 5353;

export class Session {
  readonly #options: MdnsOptions;
  readonly #listener: DiscoveryListener;
  readonly #network: Network;
  readonly #announcer: Announcer;
  readonly #browser: Browser;
  readonly #resolver: Resolver;
  #book: PresenceBook;
  #lastTick: number;
  #stopped = false;

  constructor(options: MdnsOptions, run: Run) {
    const { clock, random, primitives } = options;
    const { listener, presence } = run;
    this.#options = options;
    this.#listener = listener;
    this.#book = new PresenceBook(primitives, presence.contacts, awaited(presence));
    this.#lastTick = clock.now();
    this.#network = new Network({
      clock,
      port: options.port ?? MDNS_PORT,
      interfaces: options.interfaces ?? networkInterfaces,
      events: {
        onPacket: (bytes, link, source) => this.#receive(bytes, link, source),
        onChange: (adapters, before, reopened) => this.#adaptersChanged(adapters, before, reopened),
        onStatus: (status) => {
          if (!this.#stopped) listener.onStatus(status);
        },
        onTick: () => this.#tick(),
      },
    });
    this.#announcer = new Announcer({
      primitives,
      clock,
      random,
      presence,
      port: run.port,
      send: (link, bytes) => this.#network.send(link, bytes),
    });
    this.#browser = new Browser({
      clock,
      random,
      book: this.#book,
      listener,
      links: () => this.#network.adapters.flatMap(linksOf),
      send: (link, bytes) => this.#network.send(link, bytes),
      isOwn: (label) => this.#announcer.owns(label),
      ownAnswers: (link) => this.#announcer.knownAnswersOn(link),
    });
    this.#resolver = new Resolver(clock, (packet) => this.#network.sendAll(packet));
  }

  async open(): Promise<void> {
    if (!this.#stopped) await this.#network.open();
  }

  update(presence: Presence): void {
    const { contacts, unmet } = presence;
    const anyNew = !contacts.every((key) => this.#book.has(key)) || !unmet.every((keys) => this.#book.awaits(keys));
    this.#announcer.use(presence);
    this.#book = new PresenceBook(this.#options.primitives, contacts, awaited(presence));
    this.#browser.useBook(this.#book);
    if (anyNew) this.#browser.browse();
  }

  resolve(name: string): Promise<readonly string[]> {
    return this.#stopped ? Promise.resolve([]) : this.#resolver.resolve(name);
  }

  report(): DiscoveryReport {
    return this.#network.report();
  }

  async stop(): Promise<void> {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#browser.stop();
    this.#resolver.stop();
    this.#announcer.stop();
    await this.#network.close();
    this.#listener.onStatus({ status: 'off', reason: '' });
  }

  #receive(bytes: Buffer, link: Link, source: string): void {
    if (this.#stopped) return;
    const message = parseMessage(bytes);
    if (!message) return;
    this.#announcer.receive(message, link, source);
    this.#browser.receive(message, link, source);
    this.#resolver.receive(message, link);
  }

  #adaptersChanged(adapters: readonly Adapter[], before: readonly Adapter[], reopened: boolean): void {
    if (this.#stopped) return;
    const same = adapters.filter((adapter) => before.some((earlier) => isSameNetwork(earlier, adapter)));
    this.#browser.keepAdapters(new Set(same.map(({ name }) => name)));
    this.#announcer.follow(adapters, reopened);
    this.#browser.browse();
  }

  #tick(): void {
    if (this.#stopped) return;
    const now = this.#options.clock.now();
    const slept = now - this.#lastTick > POLL_INTERVAL + SLEEP_NOTICED;
    const newQuarter = quarterHour(now) !== quarterHour(this.#lastTick);
    this.#lastTick = now;
    this.#announcer.tick();
    if (newQuarter) this.#browser.judgeAnew();
    else this.#browser.judgeWaiting();
    if (slept) {
      this.#announcer.repeat();
      this.#browser.browse();
    }
  }
}

function awaited({ unmet, met = [] }: Presence): readonly MeetingKeys[] {
  return [...unmet, ...met];
}
