import { expect, it } from 'vitest';
import { pickVictim } from './eviction.ts';

it.each([
  ['of equals the oldest', ['10.0.0.1', '10.0.0.2', '10.0.0.3'], 0],
  ['the oldest of who has most', ['10.0.0.1', '10.0.0.2', '10.0.0.2', '10.0.0.3'], 1],
  ['a newcomer counts', ['10.0.0.1', '10.0.0.2', '10.0.0.2'], 1],
  ['one network is one', ['10.0.0.1', 'fd00::1', 'fd00::2', '10.0.0.1', 'fd00::3'], 1],
  ['in it, of the address that has most', ['fd00::1', 'fd00::2', 'fd00::2', '10.0.0.1'], 1],
  ['neighbours are not one', ['fe80::1%a', 'fe80::2%a', 'fe80::3%a', '10.0.0.1', '10.0.0.1'], 3],
])('who gives way: %s', (_, hosts, gone) => {
  const held = hosts.map((host, index) => ({ host, index }));
  expect(pickVictim(held, ({ host }) => host).index).toBe(gone);
});
