// IP addresses and what people type. No name is ever looked up in DNS: an address is an IP or a `.local` name.
import { BlockList, isIPv4, isIPv6, SocketAddress } from 'node:net';
import { networkInterfaces } from 'node:os';

export interface TypedAddress {
  /** Canonical: IPv6 without brackets, a link-local one with its scope; names in lower case. */
  readonly host: string;
  readonly port: number;
  readonly kind: 'ipv4' | 'ipv6' | 'local';
}

/** RFC 1035 §2.3.4 without the root's byte. */
const MAX_NAME = 253;
/** Longest text worth looking at: a name, a scope and a port. */
const MAX_TYPED = 300;
/** Adapter names reach 15 characters on Linux and are numbers on Windows. */
const SCOPE = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,31}$/;
const HOST_LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

const local = new BlockList();
local.addSubnet('10.0.0.0', 8, 'ipv4');
local.addSubnet('172.16.0.0', 12, 'ipv4');
local.addSubnet('192.168.0.0', 16, 'ipv4');
local.addSubnet('169.254.0.0', 16, 'ipv4');
local.addSubnet('127.0.0.0', 8, 'ipv4');
local.addSubnet('fc00::', 7, 'ipv6');
local.addSubnet('fe80::', 10, 'ipv6');
local.addAddress('::1', 'ipv6');

/** RFC 6598, in which VPNs number those they join. */
const shared = new BlockList();
shared.addSubnet('100.64.0.0', 10, 'ipv4');

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

const linkLocal = new BlockList();
linkLocal.addSubnet('169.254.0.0', 16, 'ipv4');
linkLocal.addSubnet('fe80::', 10, 'ipv6');

const notUnicast = new BlockList();
notUnicast.addSubnet('0.0.0.0', 8, 'ipv4');
notUnicast.addSubnet('224.0.0.0', 3, 'ipv4');
notUnicast.addAddress('::', 'ipv6');
notUnicast.addSubnet('ff00::', 8, 'ipv6');

/**
 * Reads what a person typed or pasted: `192.168.1.5:4712`, `[fe80::1%eth0]:4712`, `laptop.local:4712`,
 * `localhost:4712`. Any unicast IP is taken, since people have VPNs.
 * @returns null for anything else, names of the public DNS included.
 */
export function parseAddress(text: string): TypedAddress | null {
  if (text.length > MAX_TYPED) return null;
  const match = /^(?:\[([^[\]]+)\]|([^[\]:]+)):([1-9][0-9]{0,4})$/.exec(text.trim());
  if (!match) return null;
  const port = Number(match[3]);
  if (port > 65_535) return null;
  if (match[1] !== undefined) {
    const host = canonicalIPv6(match[1]);
    return host === null || isIn(notUnicast, host) ? null : { host, port, kind: 'ipv6' };
  }
  const host = (match[2] ?? '').toLowerCase();
  if (host === 'localhost') return { host: '127.0.0.1', port, kind: 'ipv4' };
  if (isIPv4(host)) return isIn(notUnicast, host) ? null : { host, port, kind: 'ipv4' };
  return isLocalName(host) ? { host, port, kind: 'local' } : null;
}

/** The text `parseAddress` reads back. */
export function formatAddress(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** One or more labels of letters, digits and inner hyphens, then `.local`; lower case. */
export function isLocalName(name: string): boolean {
  if (name.length > MAX_NAME || !name.endsWith('.local')) return false;
  const labels = name.slice(0, -'.local'.length).split('.');
  return labels.every((label) => HOST_LABEL.test(label));
}

/** Private, unique-local, link-local or loopback. IPv6 may carry a scope; IPv4 inside IPv6 is never local. */
export function isLocalAddress(ip: string): boolean {
  return isIn(local, ip);
}

/** 100.64/10: of a VPN, or of a provider; nowhere on the Internet. */
export function isSharedAddress(ip: string): boolean {
  return isIn(shared, ip);
}

export function isLoopbackAddress(ip: string): boolean {
  return isIn(loopback, ip);
}

/** Means something only on its own link: 169.254/16 and fe80::/10. */
export function isLinkLocalAddress(ip: string): boolean {
  return isIn(linkLocal, ip);
}

/**
 * One spelling per address (RFC 5952), so that equal addresses are equal texts. A scope is kept, and allowed on
 * link-local addresses alone. @returns null for what is no IPv6 address, and for IPv4 inside IPv6 (`::ffff:…`).
 */
export function canonicalIPv6(text: string): string | null {
  const [bare = '', scope, ...rest] = text.split('%');
  if (rest.length > 0 || !isIPv6(bare)) return null;
  const address = new SocketAddress({ address: bare, family: 'ipv6' }).address;
  if (address.startsWith('::ffff:')) return null;
  if (scope === undefined) return address;
  return SCOPE.test(scope) && isIn(linkLocal, address) ? `${address}%${scope}` : null;
}

/**
 * Addresses of this machine that others on the network can use: IPv4, then IPv6, link-local ones only where there is nothing
 * else (without scope: ours means nothing to others), loopback alone when there is no network.
 * @param interfaces best first. @param most so many at most: the best of each adapter before the second of any.
 */
export function listLocalAddresses(
  interfaces: ReturnType<typeof networkInterfaces> = networkInterfaces(),
  most = Infinity,
): string[] {
  const adapters = Object.values(interfaces).map((addresses) =>
    (addresses ?? []).filter(({ address }) => !isIn(notUnicast, address)),
  );
  const outside = adapters.map((addresses) => addresses.filter(({ internal }) => !internal));
  const routed = outside.map((addresses) => addresses.filter(({ address }) => !isLinkLocalAddress(address)));
  const chosen = [routed, outside, adapters].find((list) => list.flat().length > 0) ?? [];
  const byFamily = chosen.map((addresses) => addresses.toSorted((a, b) => a.family.localeCompare(b.family)));
  const told = inTurns(byFamily)
    .slice(0, most)
    .toSorted((a, b) => a.family.localeCompare(b.family));
  return [...new Set(told.map(({ address }) => withoutScope(address)))];
}

/** The first of each list, then the second of each, and so on. */
export function inTurns<T>(lists: readonly (readonly T[])[]): T[] {
  const longest = Math.max(0, ...lists.map((list) => list.length));
  return Array.from({ length: longest }, (_, at) => lists.flatMap((list) => list.slice(at, at + 1))).flat();
}

export function withoutScope(ip: string): string {
  return ip.replace(/%.*$/, '');
}

function isIn(list: BlockList, ip: string): boolean {
  if (isIPv4(ip)) return list.check(ip, 'ipv4');
  const bare = withoutScope(ip);
  // BlockList looks through ::ffff:a.b.c.d at the IPv4 rules; such an address is not what it claims to be.
  return isIPv6(bare) && canonicalIPv6(bare) !== null && list.check(bare, 'ipv6');
}
