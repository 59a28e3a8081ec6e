import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { factsOfSystem, inOrder, kindOf } from './adapter-order.ts';
import type { AdapterFacts } from './adapter-order.ts';
import { listAdapters } from './adapters.ts';
import type { Interfaces } from './adapters.ts';

const entry = (address: string, internal = false): NonNullable<Interfaces[string]>[number] => ({
  ...{ address, netmask: '', mac: '', internal, cidr: `${address}/24`, family: 'IPv4' },
});
const none: AdapterFacts = { routed: new Set<string>(), isDevice: () => false };
const order = (names: readonly string[], facts = none): string[] =>
  Object.keys(
    inOrder(Object.fromEntries(names.map((name, i) => [name, [entry(`10.${i}.0.1`, name === 'lo')]])), facts),
  );

describe('the order of adapters', () => {
  it('has those of people first, then VPNs, then virtual ones, loopback last', () =>
    expect(order(['lo', 'docker0', 'br-1', 'wg0', 'veth7', 'wlan0', 'eth0'])).toEqual([
      ...['wlan0', 'eth0', 'wg0', 'docker0', 'br-1', 'veth7', 'lo'],
    ]));

  it('has the one a default route leads over before all, whatever it is called, unless it is a VPN', () => {
    const facts = { ...none, routed: new Set(['br-lan', 'tun0']) };
    expect(order(['eth0', 'tun0', 'br-lan', 'docker0'], facts)).toEqual(['br-lan', 'eth0', 'tun0', 'docker0']);
  });

  it('has devices before what has an unknown name and none behind it', () => {
    const facts = { ...none, isDevice: (name: string) => name === 'enp3s0' };
    expect(order(['foo0', 'foo1', 'enp3s0'], facts)).toEqual(['enp3s0', 'foo0', 'foo1']);
  });

  it('leaves the real one among those spoken on, however many virtual ones come before it', () => {
    const virtual = Array.from({ length: 40 }, (_, i): [string, Interfaces[string]] => [
      `br-${i}`,
      [entry(`172.16.${i}.1`)],
    ]);
    const all = inOrder(Object.fromEntries([...virtual, ['wlan0', [entry('192.168.1.5')]]]), none);
    const spoken = listAdapters(all).map(({ name }) => name);
    expect(spoken).toHaveLength(16);
    expect(spoken[0]).toBe('wlan0');
  });
});

describe('what Linux says', () => {
  let root: string;
  beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'loom-adapters-'))));
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  it('names default routes of both families, and devices', () => {
    mkdirSync(join(root, 'proc/net'), { recursive: true });
    mkdirSync(join(root, 'sys/class/net/eth0/device'), { recursive: true });
    writeFileSync(
      join(root, 'proc/net/route'),
      'Iface\tDestination\tGateway\neth0\t00000000\t0101A8C0\t0003\nwg0\t0000080A\t00000000\t0001\n',
    );
    const zeros = '0'.repeat(32);
    writeFileSync(
      join(root, 'proc/net/ipv6_route'),
      `${zeros} 00 ${zeros} 00 fe80${'0'.repeat(28)} 00000400 00000001 00000000 00000003    wlan0\n` +
        `fe80${'0'.repeat(28)} 40 ${zeros} 00 ${zeros} 00000100 00000001 00000000 00000001     docker0\n`,
    );
    const { routed, isDevice } = factsOfSystem(root);
    expect([...routed]).toEqual(['eth0', 'wlan0']);
    expect([isDevice('eth0'), isDevice('wg0'), isDevice('../../etc')]).toEqual([true, false, false]);
  });

  it('may be nothing at all', () => {
    const { routed, isDevice } = factsOfSystem(join(root, 'nowhere'));
    expect([routed.size, isDevice('eth0')]).toEqual([0, false]);
  });
});

it.each([
  ['eth0', false, 'network'],
  ['Ethernet 2', false, 'network'],
  ['utun3', false, 'vpn'],
  ['vEthernet (WSL)', false, 'virtual'],
  ['lo', true, 'loopback'],
] as const)('%s is of a kind', (name, internal, kind) => expect(kindOf(name, internal)).toBe(kind));
