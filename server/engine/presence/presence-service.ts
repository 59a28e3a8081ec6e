// Presence: tells discovery what to say and whom to look for, and remembers where contacts were seen. What it finds is
// where to dial, never who is there.
import type { NearbyPeer } from '../../contract/model.ts';
import { cutName } from '../../contract/words/names.ts';
import type { ContactId } from '../../contract/ids.ts';
import { CARD_NAME_BYTES } from '../../discovery/discovery.ts';
import type {
  Card,
  Discovery,
  DiscoveryListener,
  DiscoveryStatus,
  RendezvousKeys,
  VisibleCard,
  Presence,
  PresenceKey,
  Sighting,
} from '../../discovery/discovery.ts';
import { formatAddress } from '../../network/addresses.ts';
import type { Clock } from '../../timing/clock.ts';
import { runInBackground } from '../background.ts';
import type { DialTarget } from '../links/dialler.ts';
import type { EventLog } from '../event-log.ts';
import { Signal } from '../../timing/signal.ts';
import { Throttle } from '../../timing/throttle.ts';
import type { VisiblePeople } from './visible-people.ts';
import type { Roster } from '../contacts/roster.ts';

/**
 * Anybody can repeat a contact's advert with other addresses, and show whichever cards they like, as often as they like:
 * so often at most it leads to a dial of that contact, ms, and so often cards are read.
 */
const SIGHTING_GAP_MS = 1_000;
const PEOPLE_GAP_MS = 500;

/** Contacts can change their keys as often as they like, and each new one is asked for on the network: so often at most, ms. */
const KEYS_GAP_MS = 5_000;

interface Seen extends Sighting {
  readonly contact: ContactId;
  readonly seenAt: number;
}

export interface PresenceServiceOptions {
  readonly discovery: Discovery;
  readonly roster: Roster;
  readonly clock: Clock;
  readonly events: EventLog;
  readonly people: VisiblePeople;
  readonly ownKey: () => Uint8Array;
  /** Contacts we have not met. */
  readonly unmet: () => readonly RendezvousKeys[];
  /** Contacts we have met, who may have lost what we gave them. */
  readonly met: () => readonly RendezvousKeys[];
  /** For everyone to read; null: for nobody. */
  readonly card: () => Card | null;
  /** Nothing is to be announced, and nobody looked for. */
  readonly hidden: () => boolean;
}

export class PresenceService implements DiscoveryListener {
  /** A contact can be tried at a place that was not known before. */
  readonly found = new Signal<[contact: ContactId]>();
  readonly statusChanged = new Signal();
  readonly #options: PresenceServiceOptions;
  readonly #seen = new Map<ContactId, Seen>();
  readonly #sightings = new Map<ContactId, Throttle>();
  readonly #reading: Throttle;
  readonly #learning: Throttle;
  #people: readonly VisibleCard[] = [];
  #status: DiscoveryStatus = { status: 'off', reason: '' };
  #port: number | null = null;
  #running = false;
  /** Starting and stopping take turns. */
  #turn: Promise<void> = Promise.resolve();

  constructor(options: PresenceServiceOptions) {
    this.#options = options;
    this.#reading = new Throttle(options.clock, PEOPLE_GAP_MS, () => this.#readPeople());
    this.#learning = new Throttle(options.clock, KEYS_GAP_MS, () => this.update());
  }

  get status(): DiscoveryStatus {
    return this.#status;
  }

  start(port: number): Promise<void> {
    this.#port = port;
    return this.#settle();
  }

  /** A contact changed their presence key: looked for at once, or a little later when keys change all the time. */
  theirsChanged(): void {
    this.#learning.due();
  }

  /** By our doing: contacts, our presence key or who may see us have changed. */
  update(): void {
    if (this.#running && !this.#options.hidden()) this.#options.discovery.update(this.#presence());
    else if (this.#port !== null) runInBackground(this.#settle());
    for (const contact of this.#seen.keys()) {
      const record = this.#options.roster.find(contact);
      if (!record || record.blocked) this.onLost(contact);
    }
    for (const contact of this.#sightings.keys())
      if (!this.#options.roster.find(contact)) this.#sightings.delete(contact);
  }

  async stop(): Promise<void> {
    this.#port = null;
    await this.#settle();
    this.#seen.clear();
    this.#reading.stop();
    this.#learning.stop();
    for (const pace of this.#sightings.values()) pace.stop();
  }

  list(): readonly NearbyPeer[] {
    return [...this.#seen.values()].map(view);
  }

  /** Their clock minus ours, ms, as their adverts tell it: to a quarter of an hour or two. Null: none is seen. */
  clockDifference(contact: ContactId): number | null {
    return this.#seen.get(contact)?.clockDifference ?? null;
  }

  targets(contact: ContactId): readonly DialTarget[] {
    const seen = this.#seen.get(contact);
    if (seen) return seen.hosts.map((host) => ({ host, port: seen.port }));
    const record = this.#options.roster.find(contact);
    return record ? this.#options.people.targets(record.ik) : [];
  }

  resolve(name: string): Promise<readonly string[]> {
    return this.#options.discovery.resolve(name);
  }

  onSighting(sighting: Sighting): void {
    // Discovery gives back what it was given.
    const contact = sighting.contact as ContactId;
    const record = this.#options.roster.find(contact);
    if (!record || record.blocked) return;
    const seen = { ...sighting, contact, seenAt: this.#options.clock.now() };
    this.#seen.set(contact, seen);
    this.#paceOf(contact).due();
  }

  onLost(contact: ContactId): void {
    if (this.#seen.delete(contact)) this.#options.events.emit('peer.lost', { contact });
  }

  onPeople(people: readonly VisibleCard[]): void {
    this.#people = people;
    this.#reading.due();
  }

  onStatus(status: DiscoveryStatus): void {
    this.#status = status;
    this.statusChanged.emit();
  }

  #paceOf(contact: ContactId): Throttle {
    const known = this.#sightings.get(contact);
    if (known) return known;
    const pace = new Throttle(this.#options.clock, SIGHTING_GAP_MS, () => this.#found(contact));
    this.#sightings.set(contact, pace);
    return pace;
  }

  #found(contact: ContactId): void {
    const seen = this.#seen.get(contact);
    if (!seen) return;
    this.#options.events.emit(
      'peer.discovered',
      { peer: view(seen) },
      { about: contact, read: () => this.#again(contact) },
    );
    this.found.emit(contact);
  }

  #again(contact: ContactId): { peer: NearbyPeer } | null {
    const seen = this.#seen.get(contact);
    return seen ? { peer: view(seen) } : null;
  }

  #readPeople(): void {
    for (const contact of this.#options.people.see(this.#people)) this.found.emit(contact);
  }

  /** Runs discovery when it is to run, and stops it when it is not. */
  #settle(): Promise<void> {
    const settled = this.#turn.then(async () => {
      const { discovery, hidden } = this.#options;
      const port = hidden() ? null : this.#port;
      if ((port !== null) === this.#running) return;
      this.#running = port !== null;
      if (port !== null) await discovery.start(this.#presence(), port, this);
      else await this.#fallSilent();
    });
    this.#turn = settled.catch(() => undefined);
    return settled;
  }

  async #fallSilent(): Promise<void> {
    await this.#options.discovery.stop();
    for (const contact of [...this.#seen.keys()]) this.onLost(contact);
    this.#reading.stop();
    this.#people = [];
    this.#readPeople();
  }

  #presence(): Presence {
    const { ownKey, unmet, met, card } = this.#options;
    return { ownKey: ownKey(), contacts: this.#keys(), unmet: unmet(), met: met(), card: cardIn(card()) };
  }

  #keys(): PresenceKey[] {
    const keys: PresenceKey[] = [];
    for (const { id, blocked, presenceKey } of this.#options.roster.list()) {
      if (presenceKey && !blocked) keys.push({ contact: id, key: presenceKey });
    }
    return keys;
  }
}

/** Our name as far as an advert has room. */
function cardIn(card: Card | null): Card | null {
  return card && { ...card, name: cutName(card.name, CARD_NAME_BYTES) };
}

function view({ contact, hosts, port, seenAt }: Seen): NearbyPeer {
  return { contact, addresses: hosts.map((host) => formatAddress(host, port)), seenAt };
}
