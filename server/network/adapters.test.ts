import { describe, expect, it } from 'vitest';
import { isSameNetwork, linksOf, listAdapters } from './adapters.ts';
import type { Adapter, Interfaces } from './adapters.ts';

function entry(cidr: string, internal = false, scopeid = 2): NonNullable<Interfaces[string]>[number] {
  const [address = ''] = cidr.split('/');
  const rest = { address, netmask: '', mac: '', internal, cidr };
  return address.includes(':') ? { ...rest, family: 'IPv6', scopeid } : { ...rest, family: 'IPv4' };
}

const lo = [entry('127.0.0.1/8', true), entry('::1/128', true)];
const eth0 = [entry('192.168.1.5/24'), entry('fd00::5/64'), entry('2001:db8::5/64'), entry('fe80::5/64')];
const names = (list: readonly Adapter[]): string[] => list.map(({ name }) => name);
const only = (interfaces: Interfaces): Adapter => listAdapters(interfaces)[0]!;

describe('adapters', () => {
  it('lead out of the machine where any does', () => {
    expect(names(listAdapters({ lo, eth0, wlan0: [entry('10.0.0.2/8')] }))).toEqual(['eth0', 'wlan0']);
    expect(names(listAdapters({ lo }))).toEqual(['lo']);
    expect(names(listAdapters({}))).toEqual([]);
  });

  it('without a local address have nothing to tell', () => {
    expect(names(listAdapters({ lo, ppp0: [entry('203.0.113.9/32')] }))).toEqual(['lo']);
  });

  it('publish local addresses only, best first, at most four', () => {
    expect(only({ eth0 }).addresses).toEqual(['192.168.1.5', 'fd00::5', 'fe80::5']);
    const many = [...Array(9).keys()].map((i) => entry(`10.0.0.${i + 1}/8`));
    expect(only({ eth0: [entry('fe80::1/64'), ...many] }).addresses.length).toBe(4);
  });

  it('are bounded', () => {
    const all = Object.fromEntries([...Array(40).keys()].map((i) => [`eth${i}`, [entry(`10.${i}.0.1/16`)]]));
    expect(listAdapters(all).length).toBe(16);
  });

  it('have a link for each family', () => {
    expect(linksOf(only({ eth0 })).map(({ family }) => family)).toEqual(['ipv4', 'ipv6']);
    expect([...only({ eth0 }).joins.values()]).toEqual(['192.168.1.5', '::%eth0']);
    expect(linksOf(only({ eth0: [entry('10.0.0.1/8')] })).map(({ family }) => family)).toEqual(['ipv4']);
  });

  it.each([
    ['192.168.1.77', true],
    ['192.168.1.5', true],
    ['192.168.2.5', false],
    ['8.8.8.8', false],
    ['127.0.0.1', false],
    ['fd00::99', true],
    ['fd01::99', false],
    ['2001:db8::9', true],
    ['fe80::99%eth0', true],
    ['fe80::99%eth1', false],
  ])('count %s as a neighbour: %s', (source, expected) => {
    expect(only({ eth0 }).isNeighbour(source)).toBe(expected);
  });

  it('change only when it matters', () => {
    const before = only({ eth0 });
    const publicOnly = only({ eth0: [...eth0.slice(0, 2), entry('2001:db8::77/64'), eth0[3]!] });
    expect(publicOnly.signature).toBe(before.signature);
    expect(only({ eth0: [entry('192.168.1.6/24')] }).signature).not.toBe(before.signature);
  });

  it('know when they are on another network', () => {
    const before = only({ eth0 });
    expect(isSameNetwork(before, only({ eth0: [...eth0, entry('fd00::6/64')] }))).toBe(true);
    expect(isSameNetwork(before, only({ eth0: [entry('10.0.0.5/24'), entry('fe80::5/64')] }))).toBe(false);
    expect(isSameNetwork(before, only({ eth1: eth0 }))).toBe(false);
    const linkLocal = only({ eth0: [entry('fe80::5/64')] });
    expect(isSameNetwork(linkLocal, linkLocal)).toBe(true);
    expect(isSameNetwork(linkLocal, before)).toBe(false);
  });
});
