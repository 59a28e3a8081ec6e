// The network adapters in use, and which of them a packet came from.
import { BlockList, isIPv4 } from 'node:net';
import { networkInterfaces } from 'node:os';
import { canonicalIPv6, isLinkLocalAddress, isLocalAddress, withoutScope } from './addresses.ts';

/** Adapters that count at once: a laptop with its docks, bridges and tunnels; the rest are further down the order. */
const MAX_ADAPTERS = 16;

/** Addresses kept of one adapter: both families, and one that is about to go of each. */
export const ADDRESSES_TOLD = 4;

export type Family = 'ipv4' | 'ipv6';
export type Interfaces = ReturnType<typeof networkInterfaces>;

export interface Adapter {
  readonly name: string;
  /** What follows `%` in a link-local address: the name, on Windows the number. */
  readonly scope: string;
  /** Loopback: this machine alone. */
  readonly internal: boolean;
  /** For each family: the address by which the socket calls join and choose this adapter. */
  readonly joins: ReadonlyMap<Family, string>;
  /** What our answers on this adapter say: local addresses without scope, best first, at most four. */
  readonly addresses: readonly string[];
  /** Equal while nothing that matters has changed. */
  readonly signature: string;
  /** Whether a packet's source is a neighbour on this adapter (RFC 6762 §11). */
  isNeighbour(source: string): boolean;
}

/** One family on one adapter: where a packet goes out. */
export interface AdapterLink {
  readonly adapter: Adapter;
  readonly family: Family;
}

/**
 * Those that lead out of this machine, or loopback where none does.
 * @returns adapters with an address to tell, at most `MAX_ADAPTERS`.
 */
export function listAdapters(interfaces: Interfaces = networkInterfaces()): Adapter[] {
  const all = Object.entries(interfaces)
    .map(([name, addresses]) => describeAdapter(name, addresses ?? []))
    .filter((adapter) => adapter.addresses.length > 0);
  const outside = all.filter((adapter) => !adapter.internal);
  return (outside.length > 0 ? outside : all).slice(0, MAX_ADAPTERS);
}

export function linksOf(adapter: Adapter): AdapterLink[] {
  return [...adapter.joins.keys()].map((family) => ({ adapter, family }));
}

export function linkKey({ adapter, family }: AdapterLink): string {
  return `${adapter.name}/${family}`;
}

/** Whether an adapter that changed is still on the same network: what was learnt there holds. */
export function isSameNetwork(before: Adapter, after: Adapter): boolean {
  if (before.name !== after.name) return false;
  // A link-local address stays the same wherever the adapter is plugged in.
  const routed = before.addresses.filter((address) => !isLinkLocalAddress(address));
  if (routed.length === 0) return before.signature === after.signature;
  return routed.some((address) => after.addresses.includes(address));
}

/** Equal while nothing about any of them has changed. */
export function signaturesOf(adapters: readonly Adapter[]): string {
  return adapters.map((adapter) => adapter.signature).join('\n');
}

export function describeAdapter(name: string, list: NonNullable<Interfaces[string]>): Adapter {
  const ipv4 = list.find(({ family }) => family === 'IPv4');
  const ipv6 = list.find(({ family }) => family === 'IPv6');
  const scope = process.platform === 'win32' && ipv6 ? String(ipv6.scopeid) : name;
  const joins = new Map<Family, string>();
  if (ipv4) joins.set('ipv4', ipv4.address);
  if (ipv6) joins.set('ipv6', `::%${scope}`);
  const addresses = publishable(list);
  const neighbours = new BlockList();
  for (const { cidr } of list) addSubnet(neighbours, cidr);
  return {
    name,
    scope,
    internal: list.every(({ internal }) => internal),
    joins,
    addresses,
    signature: JSON.stringify([name, scope, [...joins], addresses]),
    isNeighbour(source) {
      const [bare = '', sourceScope] = source.split('%');
      if (sourceScope !== undefined) return sourceScope === scope;
      return neighbours.check(bare, isIPv4(bare) ? 'ipv4' : 'ipv6');
    },
  };
}

/** IPv4 first, then what works beyond one link before what does not. */
function publishable(list: NonNullable<Interfaces[string]>): string[] {
  const local = list.filter(({ address }) => isLocalAddress(address));
  const rank = (address: string): number => (isLinkLocalAddress(address) ? 2 : 0) + (isIPv4(address) ? 0 : 1);
  return local
    .map(({ address }) => withoutScope(canonicalIPv6(address) ?? address))
    .toSorted((a, b) => rank(a) - rank(b))
    .slice(0, ADDRESSES_TOLD);
}

function addSubnet(list: BlockList, cidr: string | null): void {
  const [network, prefix] = (cidr ?? '').split('/');
  if (network === undefined || prefix === undefined) return;
  list.addSubnet(network, Number(prefix), isIPv4(network) ? 'ipv4' : 'ipv6');
}
