import fc from 'fast-check';
import { isIPv6 } from 'node:net';
import type { networkInterfaces } from 'node:os';
import { describe, expect, it } from 'vitest';
import { canonicalIPv6, formatAddress, isLocalAddress, listLocalAddresses, parseAddress } from './addresses.ts';

describe('typed addresses', () => {
  it.each([
    ['192.168.1.5:4712', '192.168.1.5', 4712, 'ipv4'],
    ['  10.0.0.1:1 ', '10.0.0.1', 1, 'ipv4'],
    ['8.8.8.8:65535', '8.8.8.8', 65_535, 'ipv4'],
    ['100.100.1.2:4712', '100.100.1.2', 4712, 'ipv4'],
    ['127.0.0.1:80', '127.0.0.1', 80, 'ipv4'],
    ['localhost:4712', '127.0.0.1', 4712, 'ipv4'],
    ['LocalHost:4712', '127.0.0.1', 4712, 'ipv4'],
    ['[::1]:4712', '::1', 4712, 'ipv6'],
    ['[fd12:0:0:0:0:0:0:A]:4712', 'fd12::a', 4712, 'ipv6'],
    ['[2001:db8::5]:4712', '2001:db8::5', 4712, 'ipv6'],
    ['[FE80::1%eth0]:4712', 'fe80::1%eth0', 4712, 'ipv6'],
    ['[fe80::1%12]:4712', 'fe80::1%12', 4712, 'ipv6'],
    ['[fe80::1%enp0s31f6.100]:4712', 'fe80::1%enp0s31f6.100', 4712, 'ipv6'],
    ['[fe80::1]:4712', 'fe80::1', 4712, 'ipv6'],
    ['laptop.local:4712', 'laptop.local', 4712, 'local'],
    ['Anns-Laptop.LOCAL:4712', 'anns-laptop.local', 4712, 'local'],
    ['a.b.local:4712', 'a.b.local', 4712, 'local'],
    [`${'a'.repeat(63)}.local:4712`, `${'a'.repeat(63)}.local`, 4712, 'local'],
  ])('takes %j', (text, host, port, kind) => {
    expect(parseAddress(text)).toEqual({ host, port, kind });
  });

  it.each([
    '',
    ':',
    '192.168.1.5',
    '192.168.1.5:',
    '192.168.1.5:0',
    '192.168.1.5:00080',
    '192.168.1.5:+80',
    '192.168.1.5:8e1',
    '192.168.1.5:65536',
    '192.168.1.5:-1',
    '192.168.1.5:80:80',
    '192.168.1.5 :80',
    '192.168.1:80',
    '192.168.1.256:80',
    '192.168.01.5:80',
    '0x7f.0.0.1:80',
    '2130706433:80',
    '0.0.0.0:80',
    '0.1.2.3:80',
    '224.0.0.251:5353',
    '255.255.255.255:80',
    '240.0.0.1:80',
    '::1:80',
    'fe80::1%eth0:80',
    '[::]:80',
    '[ff02::fb]:80',
    '[ff02::fb%eth0]:80',
    '[::ffff:192.168.1.5]:80',
    '[::ffff:c0a8:105]:80',
    '[192.168.1.5]:80',
    '[fd12::1%eth0]:80',
    '[fe80::1%]:80',
    '[fe80::1%a%b]:80',
    '[fe80::1%a b]:80',
    '[fe80::1%../x]:80',
    '[::1]80',
    '[::1:80',
    '::1]:80',
    '[[::1]]:80',
    'example.com:80',
    'laptop:80',
    'laptop.lan:80',
    'local:80',
    '.local:80',
    'laptop.local.:80',
    'lap top.local:80',
    'läptop.local:80',
    '-a.local:80',
    'a-.local:80',
    'a..local:80',
    'laptop.local.example.com:80',
    `${'a'.repeat(64)}.local:80`,
    `${'a.'.repeat(125)}local:80`,
    'http://192.168.1.5:80',
    'user@192.168.1.5:80',
    'localhost.:80',
    'a.localhost:80',
    '192.168.1.5:80\n192.168.1.6:80',
    `${'1'.repeat(10_000)}:80`,
  ])('refuses %j', (text) => {
    expect(parseAddress(text)).toBeNull();
  });

  it('reads back what it writes', () => {
    const unicast = fc.ipV4().filter((ip) => !/^(0|22[4-9]|2[3-5]\d)\./.test(ip));
    fc.assert(
      fc.property(unicast, fc.integer({ min: 1, max: 65_535 }), (host, port) => {
        expect(parseAddress(formatAddress(host, port))).toEqual({ host, port, kind: 'ipv4' });
      }),
    );
    fc.assert(
      fc.property(fc.ipV6(), fc.integer({ min: 1, max: 65_535 }), (ip, port) => {
        const read = parseAddress(formatAddress(ip, port));
        if (!read) return;
        expect(isIPv6(read.host)).toBe(true);
        expect(parseAddress(formatAddress(read.host, port))).toEqual(read);
      }),
    );
  });

  it('never throws', () => {
    fc.assert(fc.property(fc.string(), (text) => void parseAddress(text)));
    const pieces = fc.constantFrom('[', ']', ':', '%', '.', '::', 'fe80', 'local', '1', '255', 'a', '-', '\0');
    fc.assert(
      fc.property(fc.array(pieces), (parts) => void parseAddress(parts.join(''))),
      { numRuns: 1000 },
    );
  });
});

describe('local addresses', () => {
  it.each([
    '10.0.0.0',
    '10.255.255.255',
    '172.16.0.1',
    '172.31.255.254',
    '192.168.0.1',
    '169.254.1.1',
    '127.0.0.1',
    '127.255.0.1',
    '::1',
    'fc00::1',
    'fdff::1',
    'fe80::1',
    'fe80::1%eth0',
    'febf::1',
  ])('%s is', (ip) => expect(isLocalAddress(ip)).toBe(true));

  it.each([
    '9.255.255.255',
    '11.0.0.0',
    '172.15.255.255',
    '172.32.0.0',
    '192.167.1.1',
    '192.169.1.1',
    '100.64.0.1',
    '8.8.8.8',
    '0.0.0.0',
    '224.0.0.251',
    '255.255.255.255',
    '::',
    '2001:db8::1',
    'fec0::1',
    'ff02::fb',
    '::ffff:10.0.0.1',
    '::ffff:a00:1',
    '::10.0.0.1',
    '64:ff9b::a00:1',
    'laptop.local',
    '',
    '10.0.0.1 ',
  ])('%j is not', (ip) => expect(isLocalAddress(ip)).toBe(false));

  it('have one spelling', () => {
    expect(canonicalIPv6('FD00:0:0:0:0:0:0:1')).toBe('fd00::1');
    expect(canonicalIPv6('fe80::1%Wi-Fi_2')).toBe('fe80::1%Wi-Fi_2');
    expect(canonicalIPv6('fd00::1%eth0')).toBeNull();
    expect(canonicalIPv6('::ffff:1.2.3.4')).toBeNull();
    expect(canonicalIPv6('10.0.0.1')).toBeNull();
  });
});

describe('own addresses', () => {
  type Interfaces = ReturnType<typeof networkInterfaces>;
  const entry = (address: string, internal = false): NonNullable<Interfaces[string]>[number] => {
    const rest = { address, netmask: '', mac: '', internal, cidr: null };
    return address.includes(':') ? { ...rest, family: 'IPv6', scopeid: 0 } : { ...rest, family: 'IPv4' };
  };
  const lo = [entry('127.0.0.1', true), entry('::1', true)];

  it.each<[string, Interfaces, string[]]>([
    ['nothing', {}, []],
    ['loopback alone', { lo }, ['127.0.0.1', '::1']],
    [
      'one network',
      { lo, eth0: [entry('fe80::1'), entry('fd00::2'), entry('192.168.1.5')] },
      ['192.168.1.5', 'fd00::2'],
    ],
    [
      'two, and an address twice',
      { wlan0: [entry('10.0.0.2')], eth0: [entry('192.168.1.5')], br0: [entry('10.0.0.2')] },
      ['10.0.0.2', '192.168.1.5'],
    ],
    ['link-local alone', { lo, eth0: [entry('fe80::1'), entry('169.254.3.4')] }, ['169.254.3.4', 'fe80::1']],
    ['a VPN', { tun0: [entry('100.64.1.2')] }, ['100.64.1.2']],
  ])('with %s', (_, interfaces, expected) => {
    expect(listLocalAddresses(interfaces)).toEqual(expected);
  });

  it('are there on this machine', () => {
    expect(listLocalAddresses().length).toBeGreaterThan(0);
  });

  it('leave out no adapter for the second address of another, and keep to the order of the adapters', () => {
    const virtual = Object.fromEntries(
      Array.from({ length: 8 }, (_, i) => [`br-${i}`, [entry(`172.${16 + i}.0.1`), entry(`fd00:${i}::1`)]]),
    );
    const wlan0 = [entry('2001:db8::5'), entry('192.168.1.5'), entry('fd77::5')];
    const told = listLocalAddresses({ wlan0, ...virtual }, 8);
    expect(told).toHaveLength(8);
    expect(told[0]).toBe('192.168.1.5');
    expect(listLocalAddresses({ wlan0: [entry('fd77::5')], ...virtual }, 8)).toContain('fd77::5');
    expect(listLocalAddresses({ wlan0, ...virtual })).toHaveLength(19);
  });
});
