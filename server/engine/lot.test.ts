import { expect, it } from 'vitest';
import { whoGivesWay } from './fair-share.ts';
import { lotOf } from './lot.ts';

it.each([
  ['192.0.2.1', '192.0.2.1'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:db8:1:2::9', '2001:db8:1:2::/64'],
  ['2001:db8::9', '2001:db8:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['fd00:0:0:7::1.2.3.4', 'fd00:0:0:7::/64'],
  ['2001:db8:1:2:3:4:1.2.3.4', '2001:db8:1:2::/64'],
  ['fe80::1%eth0', 'fe80::1%eth0'],
  ['fe80::2%eth0', 'fe80::2%eth0'],
  ['fe80::1%eth1', 'fe80::1%eth1'],
  ['laptop.local', 'laptop.local'],
  ['', ''],
])('%s shares the lot of %s', (host, lot) => {
  expect(lotOf(host)).toBe(lot);
});

it.each([
  ['of equals the oldest', ['10.0.0.1', '10.0.0.2', '10.0.0.3'], 0],
  ['the oldest of who has most', ['10.0.0.1', '10.0.0.2', '10.0.0.2', '10.0.0.3'], 1],
  ['a newcomer counts', ['10.0.0.1', '10.0.0.2', '10.0.0.2'], 1],
  ['one network is one', ['10.0.0.1', 'fd00::1', 'fd00::2', '10.0.0.1', 'fd00::3'], 1],
  ['in it, of the address that has most', ['fd00::1', 'fd00::2', 'fd00::2', '10.0.0.1'], 1],
  ['neighbours are not one', ['fe80::1%a', 'fe80::2%a', 'fe80::3%a', '10.0.0.1', '10.0.0.1'], 3],
])('who gives way: %s', (_, hosts, gone) => {
  const held = hosts.map((host, index) => ({ host, index }));
  expect(whoGivesWay(held, ({ host }) => host).index).toBe(gone);
});
