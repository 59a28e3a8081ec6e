// Presence: gives discovery our key and our contacts' keys, and remembers where they were seen. What it finds is where
// to dial, never who is there.
import type { Discovery, DiscoveryListener, DiscoveryStatus, PresenceKey, Sighting } from '../discovery/discovery.ts';
import type { NearbyPeer } from '../contract/model.ts';
import { formatAddress } from '../discovery/addresses.ts';
import type { Clock } from './clock.ts';
import type { DialTarget } from './dialler.ts';
import type { EventLog } from './event-log.ts';
import type { Roster } from './roster.ts';

interface Seen extends Sighting {
  readonly seenAt: number;
}

export interface NearOptions {
  readonly discovery: Discovery;
  readonly roster: Roster;
  readonly clock: Clock;
  readonly events: EventLog;
  readonly ownKey: () => Uint8Array;
  /** A contact can be tried at a place that was not known before. */
  readonly onFound: (contact: string) => void;
  readonly onStatus: () => void;
}

export class Near implements DiscoveryListener {
  readonly #options: NearOptions;
  readonly #seen = new Map<string, Seen>();
  #status: DiscoveryStatus = { status: 'off', reason: '' };

  constructor(options: NearOptions) {
    this.#options = options;
  }

  get status(): DiscoveryStatus {
    return this.#status;
  }

  start(port: number): Promise<void> {
    return this.#options.discovery.start(this.#options.ownKey(), port, this.#keys(), this);
  }

  /** Contacts or presence keys have changed. */
  update(): void {
    this.#options.discovery.update(this.#options.ownKey(), this.#keys());
    for (const contact of this.#seen.keys()) {
      const record = this.#options.roster.find(contact);
      if (!record || record.blocked) this.onLost(contact);
    }
  }

  async stop(): Promise<void> {
    await this.#options.discovery.stop();
    this.#seen.clear();
  }

  list(): readonly NearbyPeer[] {
    return [...this.#seen.values()].map(view);
  }

  targets(contact: string): readonly DialTarget[] {
    const seen = this.#seen.get(contact);
    return seen ? seen.hosts.map((host) => ({ host, port: seen.port })) : [];
  }

  resolve(name: string): Promise<readonly string[]> {
    return this.#options.discovery.resolve(name);
  }

  onSighting(sighting: Sighting): void {
    const record = this.#options.roster.find(sighting.contact);
    if (!record || record.blocked) return;
    const seen = { ...sighting, seenAt: this.#options.clock.now() };
    this.#seen.set(sighting.contact, seen);
    this.#options.events.emit('peer.discovered', { peer: view(seen) });
    this.#options.onFound(sighting.contact);
  }

  onLost(contact: string): void {
    if (this.#seen.delete(contact)) this.#options.events.emit('peer.lost', { contact });
  }

  onStatus(status: DiscoveryStatus): void {
    this.#status = status;
    this.#options.onStatus();
  }

  #keys(): PresenceKey[] {
    const keys: PresenceKey[] = [];
    for (const { id, blocked, presenceKey } of this.#options.roster.list()) {
      if (presenceKey && !blocked) keys.push({ contact: id, key: presenceKey });
    }
    return keys;
  }
}

function view({ contact, hosts, port, seenAt }: Seen): NearbyPeer {
  return { contact, addresses: hosts.map((host) => formatAddress(host, port)), seenAt };
}
