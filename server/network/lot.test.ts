import { expect, it } from 'vitest';
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
