// Which addresses in an answer may be used, and how they are written.
import { canonicalIPv6, isLinkLocalAddress, isLocalAddress, isLoopbackAddress } from '../addresses.ts';
import type { Link } from './adapters.ts';
import type { Advert } from './advert-cache.ts';
import { MAX_ADDRESSES } from './limits.ts';
import type { AddressRecord, MdnsRecord } from './packet.ts';

/** @returns the address with the link's scope where it needs one; null for one that must not be dialled. */
export function usableAddress(record: AddressRecord, { adapter }: Link): string | null {
  const address = record.type === 'A' ? record.data : canonicalIPv6(record.data);
  if (address === null || !isLocalAddress(address)) return null;
  // A neighbour naming our own loopback would have us dial ourselves.
  if (isLoopbackAddress(address) && !adapter.internal) return null;
  return record.type === 'AAAA' && isLinkLocalAddress(address) ? `${address}%${adapter.scope}` : address;
}

/** Those of `host` in an answer, by record type: a type that is not there says nothing about that type. */
export function addressesOf(
  host: string,
  records: readonly MdnsRecord[],
  link: Link,
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

/** Where one who has several adverts, the newest last, is reached: each network we share brings one. */
export function placeOf(adverts: readonly Advert[]): { label: string; hosts: string[]; port: number } | null {
  const known = adverts.filter(({ service, addresses }) => service !== null && addresses.size > 0).toReversed();
  const [newest] = known;
  if (!newest?.service) return null;
  const { port } = newest.service;
  // What names another port is of a run that ended.
  const current = known.filter(({ service }) => service?.port === port);
  const hosts = current.flatMap(({ addresses }) => [...addresses.values()].flatMap((found) => found.hosts));
  return { label: newest.label, hosts: bestFirst(hosts), port };
}
