// What the network this machine is on can be told apart by: its subnets and the way out of it. Two homes may have both in
// common; nothing is decided by it but what a person would choose in either.
import { readFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import ipaddr from 'ipaddr.js';
import { isLinkLocalAddress } from './addresses.ts';

/** Where Linux lists its routes; addresses as hexadecimal, the last byte first. */
const ROUTES = '/proc/net/route';

/** Empty: no network. */
export function networkName(
  interfaces: ReturnType<typeof networkInterfaces> = networkInterfaces(),
  gateway: string = readGateway(),
): string {
  const all = Object.values(interfaces).flatMap((addresses) => addresses ?? []);
  const outside = all.filter(({ address, internal }) => !internal && !isLinkLocalAddress(address));
  const old = outside.filter(({ family }) => family === 'IPv4');
  // An IPv6 prefix is the provider's, and changes: it names a network only where there is nothing else.
  const subnets = (old.length > 0 ? old : outside).flatMap(({ cidr }) => (cidr === null ? [] : [subnetOf(cidr)]));
  const names = [...new Set(subnets)].sort();
  return names.length === 0 ? '' : [...names, gateway].filter((part) => part !== '').join(' ');
}

/** @param cidr `192.168.1.7/24`. @returns `192.168.1.0/24`. */
function subnetOf(cidr: string): string {
  const prefix = cidr.replace(/^.*\//, '');
  const family = cidr.includes(':') ? ipaddr.IPv6 : ipaddr.IPv4;
  return `${family.networkAddressFromCIDR(cidr).toString()}/${prefix}`;
}

function readGateway(): string {
  try {
    const lines = readFileSync(ROUTES, 'latin1').split('\n').slice(1);
    const ways = lines.map((line) => line.split('\t')).filter(([, destination]) => destination === '00000000');
    return ways[0]?.[2] ?? '';
  } catch {
    // Another system.
    return '';
  }
}
