// One run of discovery, from start to stop: joins medium, announcer, browser and resolver.
import type { DiscoveryListener, DiscoveryReport, RendezvousKeys, Presence } from './discovery.ts';
import type { MdnsOptions } from './mdns/options.ts';
import { quarterHour } from './hint.ts';
import { PresenceMatcher } from './presence.ts';
import { isSameNetwork, linksOf } from '../network/adapters.ts';
import type { Adapter, AdapterLink } from '../network/adapters.ts';
import { Announcer } from './mdns/announcer.ts';
import { Browser } from './mdns/browser.ts';
import { POLL_INTERVAL, SLEEP_NOTICED } from './mdns/limits.ts';
import type { MakeMedium, Medium } from './mdns/medium.ts';
import type { Message } from './mdns/dns/packet.ts';
import { Resolver } from './mdns/resolver.ts';

export interface DiscoveryRunOptions {
  /** Keys are copied. */
  readonly presence: Presence;
  /** TCP. */
  readonly port: number;
  readonly listener: DiscoveryListener;
}

export class DiscoveryRun {
  readonly #options: MdnsOptions;
  readonly #listener: DiscoveryListener;
  readonly #medium: Medium;
  readonly #announcer: Announcer;
  readonly #browser: Browser;
  readonly #resolver: Resolver;
  #book: PresenceMatcher;
  #lastTick: number;
  #stopped = false;

  constructor(options: MdnsOptions, run: DiscoveryRunOptions, makeMedium: MakeMedium) {
    const { clock, random, primitives } = options;
    const { listener, presence } = run;
    this.#options = options;
    this.#listener = listener;
    this.#book = new PresenceMatcher(primitives, presence.contacts, awaited(presence));
    this.#lastTick = clock.now();
    this.#medium = makeMedium({
      onMessage: (message, link, source) => this.#receive(message, link, source),
      onChange: (adapters, before, reopened) => this.#adaptersChanged(adapters, before, reopened),
      onStatus: (status) => {
        if (!this.#stopped) listener.onStatus(status);
      },
      onTick: () => this.#tick(),
      isOwn: (label) => this.#announcer.owns(label),
      isWanted: (label) => this.#browser.isWanted(label),
    });
    this.#announcer = new Announcer({
      primitives,
      clock,
      random,
      presence,
      port: run.port,
      announce: this.#medium.announce,
    });
    this.#browser = new Browser({
      clock,
      random,
      book: this.#book,
      listener,
      links: () => this.#medium.adapters.flatMap(linksOf),
      send: (link, bytes) => this.#medium.send(link, bytes),
      isOwn: (label) => this.#announcer.owns(label),
      ownAnswers: (link) => this.#announcer.knownAnswersOn(link),
    });
    this.#resolver = new Resolver(clock, (packet) => {
      for (const link of this.#medium.adapters.flatMap(linksOf)) this.#medium.send(link, packet);
    });
  }

  async open(): Promise<void> {
    if (!this.#stopped) await this.#medium.open();
  }

  update(presence: Presence): void {
    const { contacts, unmet } = presence;
    const anyNew = !contacts.every((key) => this.#book.has(key)) || !unmet.every((keys) => this.#book.awaits(keys));
    this.#announcer.use(presence);
    this.#book = new PresenceMatcher(this.#options.primitives, contacts, awaited(presence));
    this.#browser.useBook(this.#book);
    if (anyNew) this.#browser.browse();
  }

  resolve(name: string): Promise<readonly string[]> {
    return this.#stopped ? Promise.resolve([]) : this.#resolver.resolve(name);
  }

  report(): DiscoveryReport {
    return this.#medium.report();
  }

  async stop(): Promise<void> {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#browser.stop();
    this.#resolver.stop();
    this.#announcer.stop();
    await this.#medium.close();
    this.#listener.onStatus({ status: 'off', reason: '' });
  }

  #receive(message: Message, link: AdapterLink, source: string): void {
    if (this.#stopped) return;
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

function awaited({ unmet, met = [] }: Presence): readonly RendezvousKeys[] {
  return [...unmet, ...met];
}
