import type { networkInterfaces } from 'node:os';
import { describe, expect, it } from 'vitest';
import { networkName } from './network-name.ts';

type Interfaces = ReturnType<typeof networkInterfaces>;

function having(...cidrs: string[]): Interfaces {
  const list = cidrs.map((cidr) => {
    const [address = ''] = cidr.split('/');
    const shared = { address, netmask: '', mac: '', internal: address === '127.0.0.1', cidr };
    return address.includes(':')
      ? ({ ...shared, family: 'IPv6', scopeid: 0 } as const)
      : ({ ...shared, family: 'IPv4' } as const);
  });
  return { any: list };
}

describe('the name of a network', () => {
  it('is the same for every address in it, and for every order of adapters', () => {
    const name = networkName(having('192.168.1.7/24', '10.0.0.3/8'), '0101A8C0');
    expect(name).toBe('10.0.0.0/8 192.168.1.0/24 0101A8C0');
    expect(networkName(having('10.9.9.9/8', '192.168.1.200/24'), '0101A8C0')).toBe(name);
  });

  it('differs by subnet and by the way out', () => {
    const home = networkName(having('192.168.1.7/24'), '0101A8C0');
    expect(networkName(having('192.168.2.7/24'), '0101A8C0')).not.toBe(home);
    expect(networkName(having('192.168.1.7/24'), 'FE01A8C0')).not.toBe(home);
  });

  it('leaves out what comes and goes: loopback, link-local addresses, prefixes of the provider', () => {
    const name = networkName(having('192.168.1.7/24'), '');
    const more = having('127.0.0.1/8', '169.254.3.4/16', 'fe80::1/64', '192.168.1.7/24', '2001:db8:1::5/64');
    expect(networkName(more, '')).toBe(name);
    expect(networkName(having('2001:db8:1::5/64'), '')).toBe('2001:db8:1::/64');
  });

  it('is empty where there is none', () => {
    expect(networkName(having('127.0.0.1/8'), '')).toBe('');
    expect(networkName({}, '')).toBe('');
  });
});
