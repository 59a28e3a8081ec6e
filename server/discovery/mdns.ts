// The built-in discovery: multicast DNS (RFC 6762, RFC 6763) on sockets of our own.
import type { Discovery, DiscoveryListener, DiscoveryReport, Presence } from './discovery.ts';
import type { MdnsOptions } from './mdns/options.ts';
import { Session } from './mdns/session.ts';

export class MdnsDiscovery implements Discovery {
  readonly #options: MdnsOptions;
  #session: Session | null = null;

  constructor(options: MdnsOptions) {
    this.#options = options;
  }

  async start(presence: Presence, port: number, listener: DiscoveryListener): Promise<void> {
    const previous = this.#session;
    const session = new Session(this.#options, { presence, port, listener });
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
    return this.#session?.report() ?? { problem: null, traffic: new Map() };
  }
}
