// Why two Looms do not find each other, from what can be seen here: adapters, multicast on each, and for a contact every
// address tried once, with what it answered. A contact who is online tries our addresses, too, and both are compared.
import type { AdapterFacts, Diagnosis, Reach, Tried } from '../../contract/diagnosis.ts';
import type { ContactId } from '../../contract/ids.ts';
import { kindOf } from '../../network/adapter-order.ts';
import { formatAddress } from '../../network/addresses.ts';
import { listAdapters, type Adapter, type Interfaces } from '../../network/adapters.ts';
import type { Store } from '../../storage/profile-store.ts';
import type { ContactRecord } from '../../storage/tables/contacts.ts';
import type { Dialler } from '../links/dialler.ts';
import type { Contact } from '../../contract/model.ts';
import type { Discovery } from '../../discovery/discovery.ts';
import type { Clock } from '../../timing/clock.ts';
import type { Links } from '../links/links.ts';
import type { PresenceService } from '../presence/presence-service.ts';
import type { Visibility } from '../presence/visibility.ts';
import type { TwoWayCheck } from './two-way-check.ts';
import { findings, type ContactSeen } from './findings.ts';
import { adviceFor, detectFirewall, subnetsOf } from './firewall.ts';
import { knownAddresses } from '../presence/known-addresses.ts';

export interface DoctorOptions {
  readonly store: Pick<Store, 'rowSet'>;
  readonly clock: Clock;
  readonly peerPort: number;
  readonly interfaces: () => Interfaces;
  /** IP addresses of this machine, without scope. */
  readonly hosts: () => ReadonlySet<string>;
  readonly discovery: Discovery;
  readonly presence: PresenceService;
  readonly visibility: Visibility;
  readonly links: Links;
  readonly dialler: Dialler;
  readonly twoWayCheck: TwoWayCheck;
  /** As the contact is shown to people. */
  readonly view: (contact: ContactId) => Pick<Contact, 'blocked' | 'connection'>;
}

export class Doctor {
  readonly #options: DoctorOptions;

  constructor(options: DoctorOptions) {
    this.#options = options;
  }

  /** Takes some seconds where nobody answers. @param contact null: this computer alone. */
  async examine(contact: ContactRecord | null): Promise<Diagnosis> {
    const { store, clock, peerPort, discovery, presence, visibility } = this.#options;
    const interfaces = this.#options.interfaces();
    const all = listAdapters(interfaces);
    const seen = contact && (await this.#look(contact, all));
    const { problem, traffic } = discovery.report();
    const adapters = all.map(({ name, internal, addresses }): AdapterFacts => {
      const { sent, heard, own } = traffic.get(name) ?? { sent: 0, heard: 0, own: 0 };
      return { name, kind: kindOf(name, internal), addresses, sent, heard, own };
    });
    const hidden = visibility.mode === 'off' || presence.status.status === 'off';
    const { platform, execPath: program } = process;
    const hosts = this.#options.hosts();
    const filesChanged = store.rowSet.noticed.length > 0;
    const found = findings({ adapters, problem, hidden, contact: seen, platform, hosts, filesChanged });
    const subnets = subnetsOf(
      adapters.flatMap(({ name, kind }) => (kind === 'network' ? [name] : [])),
      interfaces,
    );
    const firewall = await detectFirewall(platform);
    return {
      at: clock.now(),
      peerPort,
      adapters,
      discovery: presence.status,
      contact: contact && seen && { contact: contact.id, lastSeen: contact.lastSeen, ...seen },
      findings: found,
      advice: adviceFor(found, { firewall, peerPort, subnets, program }),
    };
  }

  async #look(contact: ContactRecord, adapters: readonly Adapter[]): Promise<ContactSeen> {
    const { view, presence, links, twoWayCheck } = this.#options;
    const { blocked } = view(contact.id);
    const activeLink = links.activeLinkOf(contact.id);
    const [tried, compared] = await Promise.all([
      blocked ? [] : this.#try(contact, adapters),
      blocked || !activeLink ? null : twoWayCheck.ask(activeLink),
    ]);
    const dialledBy = activeLink && (activeLink.link.role === 'initiator' ? 'us' : 'them');
    return {
      blocked,
      connection: view(contact.id).connection,
      nearby: presence.list().some((peer) => peer.contact === contact.id),
      announcedClock: presence.clockDifference(contact.id),
      tried,
      compared,
      weReach: reachOf(tried, dialledBy === 'us'),
      theyReach: reachOf(compared?.theyTried ?? [], dialledBy === 'them'),
    };
  }

  async #try(contact: ContactRecord, adapters: readonly Adapter[]): Promise<readonly Tried[]> {
    const places = await knownAddresses(contact, this.#options.presence);
    const probes = this.#options.dialler.probe(
      contact.staticKey,
      places.map(({ target }) => target),
    );
    const tried = places.slice(0, probes.length).map(async ({ target, source }, index): Promise<Tried | null> => {
      const answer = await probes[index];
      const neighbour = adapters.some((adapter) => adapter.isNeighbour(target.host));
      return answer ? { address: formatAddress(target.host, target.port), source, neighbour, ...answer } : null;
    });
    return (await Promise.all(tried)).filter((each) => each !== null);
  }
}

/** @param linked the link that stands was dialled in this direction: so it goes, unless a dial just now says otherwise. */
function reachOf(tried: readonly Pick<Tried, 'outcome'>[], linked: boolean): Reach {
  if (tried.some(({ outcome }) => outcome === 'reached')) return 'yes';
  if (tried.length > 0) return 'no';
  return linked ? 'yes' : 'untested';
}
