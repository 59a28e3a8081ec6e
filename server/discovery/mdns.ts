// The built-in discovery: multicast DNS (RFC 6762, RFC 6763) on sockets of our own.
import { networkInterfaces } from 'node:os';
import type { Discovery, DiscoveryListener, DiscoveryReport, Presence } from './discovery.ts';
import type { MakeMedium } from './mdns/medium.ts';
import { Network } from './mdns/network.ts';
import type { MdnsOptions } from './mdns/options.ts';
import { DiscoveryRun } from './discovery-run.ts';

const MDNS_PORT = 5353;

export class MdnsDiscovery implements Discovery {
  readonly #options: MdnsOptions;
  readonly #makeMedium: MakeMedium;
  #session: DiscoveryRun | null = null;

  /** @param makeMedium by default sockets of our own. */
  constructor(options: MdnsOptions, makeMedium: MakeMedium = ownSockets(options)) {
    this.#options = options;
    this.#makeMedium = makeMedium;
  }

  async start(presence: Presence, port: number, listener: DiscoveryListener): Promise<void> {
    const previous = this.#session;
    const session = new DiscoveryRun(this.#options, { presence, port, listener }, this.#makeMedium);
    this.#session = session;
    await previous?.stop();
    await session.open();
  }

  update(presence: Presence): void {
    this.#session?.update(presence);
  }

  async stop(): Promise<void> {
    const session = this.#session;
    this.#session = null;
    await session?.stop();
  }

  resolve(name: string): Promise<readonly string[]> {
    return this.#session?.resolve(name) ?? Promise.resolve([]);
  }

  report(): DiscoveryReport {
    const report = this.#session?.report() ?? { problem: null, traffic: new Map() };
    const readable = this.#options.readable?.() ?? true;
    return readable ? report : { ...report, problem: 'adapters-unreadable' };
  }
}

function ownSockets(options: MdnsOptions): MakeMedium {
  const { clock, random, port = MDNS_PORT, interfaces = networkInterfaces, readable = () => true } = options;
  return (events) => new Network({ clock, random, port, interfaces, readable, events });
}
