// Discovery switched off: no socket, no packet, no name looked up.
import type { Discovery, DiscoveryListener, DiscoveryReport, Presence } from './discovery.ts';

export class SilentDiscovery implements Discovery {
  readonly #readable: () => boolean;

  /** @param readable whether the list of adapters could be read. */
  constructor(readable: () => boolean = () => true) {
    this.#readable = readable;
  }

  start(_presence: Presence, _port: number, listener: DiscoveryListener): Promise<void> {
    listener.onStatus({ status: 'off', reason: '' });
    return Promise.resolve();
  }

  update(): void {
    // Announces nothing and looks for no one.
  }

  stop(): Promise<void> {
    return Promise.resolve();
  }

  resolve(): Promise<readonly string[]> {
    return Promise.resolve([]);
  }

  report(): DiscoveryReport {
    return { problem: this.#readable() ? null : 'adapters-unreadable', traffic: new Map() };
  }
}
