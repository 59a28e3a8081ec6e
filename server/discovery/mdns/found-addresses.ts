// Which addresses in an answer may be used, and how they are written.
import {
  canonicalIPv6,
  inTurns,
  isLinkLocalAddress,
  isLocalAddress,
  isLoopbackAddress,
} from '../../network/addresses.ts';
import type { AdapterLink } from '../../network/adapters.ts';
import type { Advert } from './advert-cache.ts';
import { MAX_ADDRESSES, MAX_SOURCES_PER_ADVERT } from './limits.ts';
import { SYSTEM } from './medium.ts';
import type { AddressRecord, MdnsRecord } from './dns/packet.ts';

/** @returns the address with the link's scope where it needs one; null for one that must not be dialled. */
export function usableAddress(record: AddressRecord, { adapter }: AdapterLink): string | null {
  const address = record.type === 'A' ? record.data : canonicalIPv6(record.data);
  if (address === null || !isLocalAddress(address)) return null;
  // A neighbour naming our own loopback would have us dial ourselves.
  if (isLoopbackAddress(address) && !adapter.internal) return null;
  return record.type === 'AAAA' && isLinkLocalAddress(address) ? `${address}%${adapter.scope}` : address;
}

/**
 * Takes in what an answer says of an advert's host. What one source says replaces what it said before, and never what
 * another said: a stranger can add places to dial for a while, but take none away. @returns whether anything changed.
 */
export function takeAddresses(
  advert: Advert,
  records: readonly MdnsRecord[],
  link: AdapterLink,
  source: string,
): boolean {
  if (!advert.service) return false;
  const before = JSON.stringify([...advert.addresses.values()]);
  for (const [type, { addresses, flush }] of addressesOf(advert.service.host, records, link)) {
    const common = `${type} ${link.adapter.name} `;
    const key = common + source;
    const kept = flush ? [] : (advert.addresses.get(key)?.hosts ?? []);
    const hosts = [...new Set([...kept, ...addresses])].slice(0, MAX_ADDRESSES);
    if (hosts.length === 0) advert.addresses.delete(key);
    else advert.addresses.set(key, { adapter: link.adapter.name, hosts });
    const sources = [...advert.addresses.keys()].filter((known) => known.startsWith(common));
    for (const oldest of sources.slice(0, -MAX_SOURCES_PER_ADVERT)) advert.addresses.delete(oldest);
  }
  return JSON.stringify([...advert.addresses.values()]) !== before;
}

/** Whether it is an advert's sender that speaks, as far as addresses can tell; or the system, which knows better. */
export function isSender({ source, addresses }: Advert, speaker: string): boolean {
  return (
    speaker === SYSTEM || speaker === source || [...addresses.values()].some(({ hosts }) => hosts.includes(speaker))
  );
}

/** Those of `host` in an answer, by record type: a type that is not there says nothing about that type. */
export function addressesOf(
  host: string,
  records: readonly MdnsRecord[],
  link: AdapterLink,
): Map<AddressRecord['type'], { addresses: string[]; flush: boolean }> {
  const found = new Map<AddressRecord['type'], { addresses: string[]; flush: boolean }>();
  for (const record of records) {
    if ((record.type !== 'A' && record.type !== 'AAAA') || record.name !== host) continue;
    const entry = found.get(record.type) ?? { addresses: [], flush: false };
    found.set(record.type, entry);
    entry.flush ||= record.flush;
    const address = record.ttl === 0 ? null : usableAddress(record, link);
    if (address !== null && entry.addresses.length < MAX_ADDRESSES) entry.addresses.push(address);
  }
  return found;
}

/** IPv4, then IPv6, then what works on one link alone; otherwise as the sender ordered them. */
export function bestFirst(addresses: Iterable<string>): string[] {
  const rank = (address: string): number => (address.includes('%') ? 2 : 0) + (address.includes(':') ? 1 : 0);
  return [...new Set(addresses)].toSorted((a, b) => rank(a) - rank(b)).slice(0, MAX_ADDRESSES);
}

interface FoundPlace {
  readonly label: string;
  readonly hosts: string[];
  readonly port: number;
  /** As in the advert. */
  readonly ahead: number;
}

/** Where one who has several adverts, the one to go by last, is reached: each network we share brings one. */
export function placeOf(adverts: readonly Advert[]): FoundPlace | null {
  const known = adverts.filter(({ service, addresses }) => service !== null && addresses.size > 0).toReversed();
  const [newest] = known;
  if (!newest?.service) return null;
  const { port } = newest.service;
  // What names another port is of a run that ended.
  const current = known.filter(({ service }) => service?.port === port);
  // One that says much leaves room for the others.
  const hosts = inTurns(current.flatMap(({ addresses }) => [...addresses.values()].map((found) => found.hosts)));
  return { label: newest.label, hosts: bestFirst(hosts), port, ahead: newest.ahead };
}
