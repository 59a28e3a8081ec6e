// What kind of adapter one is, and which come first: wherever only so many are used or told, those that people are behind
// must be among them, however many networks of containers and virtual machines a computer has.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Interfaces } from './adapters.ts';

export type AdapterKind = 'network' | 'vpn' | 'virtual' | 'loopback';

/** How adapters of other kinds are called; everything else is taken for a network of people. */
const VPN = /^(?:tun|tap|wg|utun|ppp|ipsec|tailscale|zt|nordlynx)/i;
const VIRTUAL = /^(?:docker|br-|virbr|vmnet|vboxnet|vethernet|veth|lxc|lxd|podman|cni|bridge)/i;

export function kindOf(name: string, internal: boolean): AdapterKind {
  if (internal) return 'loopback';
  if (VPN.test(name)) return 'vpn';
  return VIRTUAL.test(name) ? 'virtual' : 'network';
}

/** What the system says about adapters, as far as it does. */
export interface AdapterFacts {
  /** Those a default route leads over. */
  readonly routed: ReadonlySet<string>;
  /** Whether there is a device behind it. */
  readonly isDevice: (name: string) => boolean;
}

/** Best first, otherwise as the system lists them. */
export function inOrder(interfaces: Interfaces, facts: AdapterFacts = factsOfSystem()): Interfaces {
  const rank = (name: string, found: Interfaces[string]): number => {
    const kind = kindOf(
      name,
      (found ?? []).every(({ internal }) => internal),
    );
    if (kind === 'loopback') return 5;
    // A VPN may have taken the default route: who is near is not behind it. A bridge may be what a computer is on a network by.
    if (kind === 'vpn') return 3;
    if (facts.routed.has(name)) return 0;
    if (kind === 'virtual') return 4;
    return facts.isDevice(name) ? 1 : 2;
  };
  const ranked = Object.entries(interfaces).map(([name, found]) => ({ name, found, rank: rank(name, found) }));
  return Object.fromEntries(ranked.toSorted((a, b) => a.rank - b.rank).map(({ name, found }) => [name, found]));
}

/** @param root where the system's files are: `/` but in tests. Other systems than Linux have none of them. */
export function factsOfSystem(root = '/'): AdapterFacts {
  return {
    routed: new Set([...routedByIPv4(root), ...routedByIPv6(root)]),
    isDevice: (name) => /^[^/]+$/.test(name) && existsSync(join(root, 'sys/class/net', name, 'device')),
  };
}

/** Interface, destination and so on, by tabs. */
function routedByIPv4(root: string): string[] {
  const lines = textOf(join(root, 'proc/net/route')).split('\n').slice(1);
  const fields = lines.map((line) => line.split('\t'));
  return fields.flatMap(([name = '', destination]) => (destination === '00000000' ? [name] : []));
}

/** Destination, prefix length and so on, the interface last. The route that refuses everything stands on `lo`. */
function routedByIPv6(root: string): string[] {
  const fields = textOf(join(root, 'proc/net/ipv6_route'))
    .split('\n')
    .map((line) => line.trim().split(/\s+/));
  return fields.flatMap((line) => (/^0{32}$/.test(line[0] ?? '') && line[1] === '00' ? (line.at(-1) ?? []) : []));
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}
