// Why two Looms do not find each other, from what can be seen here: adapters, multicast on each, and for a contact every
// address tried once, with what it answered.
import type { AdapterFacts, Diagnosis, Tried } from '../contract/diagnosis.ts';
import { formatAddress } from '../discovery/addresses.ts';
import { listAdapters, type Adapter } from '../discovery/mdns/adapters.ts';
import type { ContactRecord } from '../storage/contacts.ts';
import type { Dialler, DialTarget } from './dialler.ts';
import type { Engine } from './engine.ts';
import { findings, type ContactSeen } from './findings.ts';
import { placesOf } from './reach.ts';

/** How adapters of other kinds are called; everything else is taken for a network of people. */
const VPN = /^(?:tun|tap|wg|utun|ppp|ipsec|tailscale|zt|nordlynx)/i;
const VIRTUAL = /^(?:docker|br-|virbr|vmnet|vboxnet|vethernet|lxc|lxd|podman|cni|bridge)/i;

interface Place {
  readonly target: DialTarget;
  readonly source: Tried['source'];
}

export class Doctor {
  readonly #engine: Engine;
  readonly #dialler: Dialler;

  constructor(engine: Engine, dialler: Dialler) {
    this.#engine = engine;
    this.#dialler = dialler;
  }

  /** Takes some seconds where nobody answers. @param contact null: this computer alone. */
  async examine(contact: ContactRecord | null): Promise<Diagnosis> {
    const { options, near, visibility } = this.#engine;
    const all = listAdapters(options.interfaces());
    const seen = contact && (await this.#look(contact, all));
    const { problem, traffic } = options.discovery.report();
    const adapters = all.map(({ name, internal, addresses }): AdapterFacts => {
      const { sent, heard, own } = traffic.get(name) ?? { sent: 0, heard: 0, own: 0 };
      return { name, kind: kindOf(name, internal), addresses, sent, heard, own };
    });
    const hidden = visibility.mode === 'off' || near.status.status === 'off';
    return {
      at: options.clock.now(),
      peerPort: options.peerPort,
      adapters,
      discovery: near.status,
      contact: contact && seen && { contact: contact.id, lastSeen: contact.lastSeen, ...seen },
      findings: findings({ adapters, problem, hidden, contact: seen, platform: process.platform }),
    };
  }

  async #look(contact: ContactRecord, adapters: readonly Adapter[]): Promise<ContactSeen> {
    const { feed, near } = this.#engine;
    const { connection, blocked } = feed.view(contact.id);
    const tried = blocked || connection === 'online' ? [] : await this.#try(contact, adapters);
    const nearby = near.list().some((peer) => peer.contact === contact.id);
    return { blocked, connection: feed.view(contact.id).connection, nearby, tried };
  }

  async #try(contact: ContactRecord, adapters: readonly Adapter[]): Promise<readonly Tried[]> {
    const places = await this.#places(contact);
    return Promise.all(
      places.map(async ({ target, source }): Promise<Tried> => {
        const address = formatAddress(target.host, target.port);
        const neighbour = adapters.some((adapter) => adapter.isNeighbour(target.host));
        return { address, source, neighbour, ...(await this.#dialler.probe(contact.staticKey, target)) };
      }),
    );
  }

  /** Those announced now, then those remembered, each once. */
  async #places(contact: ContactRecord): Promise<readonly Place[]> {
    const { near } = this.#engine;
    const announced = near.targets(contact.id).map((target): Place => ({ target, source: 'announced' }));
    const remembered = contact.addresses.map(async ({ address, source }) =>
      (await placesOf(address, near)).map((target): Place => ({ target, source })),
    );
    const places = new Map<string, Place>();
    for (const place of [...announced, ...(await Promise.all(remembered)).flat()]) {
      const key = formatAddress(place.target.host, place.target.port);
      if (!places.has(key)) places.set(key, place);
    }
    return [...places.values()];
  }
}

function kindOf(name: string, internal: boolean): AdapterFacts['kind'] {
  if (internal) return 'loopback';
  if (VPN.test(name)) return 'vpn';
  return VIRTUAL.test(name) ? 'virtual' : 'network';
}
