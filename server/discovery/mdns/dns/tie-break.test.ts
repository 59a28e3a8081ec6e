import { expect, it } from 'vitest';
import type { MdnsRecord } from './packet.ts';
import { compareProposals } from './tie-break.ts';

const head = { name: 'x.local', ttl: 120, flush: true };
const a = (data: string): MdnsRecord => ({ ...head, type: 'A', data });
const srv = (port: number): MdnsRecord => ({ ...head, type: 'SRV', data: { port, target: 'x.local' } });

// The first case is the example of RFC 6762 §8.2.
it.each<[MdnsRecord[], MdnsRecord[], number]>([
  [[a('169.254.99.200')], [a('169.254.200.50')], -1],
  [[a('169.254.200.50')], [a('169.254.99.200')], 1],
  [[a('10.0.0.1')], [a('10.0.0.1')], 0],
  [[a('10.0.0.1')], [a('10.0.0.1'), srv(1)], -1],
  [[srv(1), a('10.0.0.1')], [a('10.0.0.1')], 1],
  [[srv(1), a('10.0.0.1')], [a('10.0.0.1'), srv(1)], 0],
  [[srv(1)], [a('255.0.0.1')], 1],
  [[srv(1)], [srv(256)], -1],
  [[], [a('10.0.0.1')], -1],
])('%j against %j', (ours, theirs, expected) => {
  expect(Math.sign(compareProposals(ours, theirs))).toBe(expected);
});
