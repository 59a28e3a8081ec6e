import { describe, expect, it } from 'vitest';
import type { AdapterFacts, Tried } from '../contract/diagnosis.ts';
import { findings, type ContactSeen, type Facts } from './findings.ts';

const adapter = (part: Partial<AdapterFacts> = {}): AdapterFacts => ({
  name: 'eth0',
  kind: 'network',
  addresses: ['192.168.1.5'],
  sent: 10,
  heard: 4,
  own: 9,
  ...part,
});
const tried = (outcome: Tried['outcome'], neighbour = true): Tried => ({
  address: '192.168.1.9:4000',
  source: 'link',
  neighbour,
  outcome,
  ms: 1,
});
const contact = (part: Partial<ContactSeen> = {}): ContactSeen => ({
  blocked: false,
  connection: 'offline',
  nearby: false,
  tried: [],
  ...part,
});
const facts = (part: Partial<Facts> = {}): Facts => ({
  adapters: [adapter()],
  problem: null,
  hidden: false,
  contact: null,
  platform: 'linux',
  ...part,
});

describe('of this computer', () => {
  it.each([
    ['nothing is wrong', facts(), ['fine']],
    ['no network', facts({ adapters: [adapter({ kind: 'loopback' })] }), ['no-network']],
    ['discovery is off', facts({ hidden: true }), ['discovery-off']],
    ['the port is taken', facts({ problem: 'port-taken' }), ['port-taken']],
    ['a firewall here', facts({ adapters: [adapter({ heard: 0, own: 0 })] }), ['multicast-dropped']],
    ['nobody is heard', facts({ adapters: [adapter({ heard: 0 })] }), ['nobody-heard']],
    ['too early to tell', facts({ adapters: [adapter({ heard: 0, own: 0, sent: 2 })] }), ['fine']],
    ['containers alone', facts({ adapters: [adapter({ kind: 'virtual', heard: 0 })] }), ['virtual-only']],
    ['a VPN', facts({ adapters: [adapter(), adapter({ name: 'wg0', kind: 'vpn' })] }), ['vpn']],
  ] as const)('%s', (_, given, expected) => expect(findings(given)).toEqual(expected));
});

describe('of a contact', () => {
  it.each([
    ['blocked', contact({ blocked: true }), 'blocked'],
    ['online', contact({ connection: 'online' }), 'online'],
    ['waiting for them', contact({ connection: 'waiting' }), 'not-added'],
    ['nowhere to dial', contact(), 'no-address'],
    ['one address answers', contact({ tried: [tried('timeout'), tried('reached')] }), 'reachable'],
    ['announced and dropped', contact({ nearby: true, tried: [tried('timeout')] }), 'inbound-dropped'],
    ['refused', contact({ tried: [tried('timeout'), tried('refused')] }), 'not-running'],
    ['somebody else', contact({ tried: [tried('other-identity')] }), 'stale-address'],
    ['another network', contact({ tried: [tried('timeout', false)] }), 'wrong-subnet'],
    ['away', contact({ tried: [tried('unreachable'), tried('timeout', false)] }), 'away'],
  ] as const)('%s', (_, seen, expected) => expect(findings(facts({ contact: seen }))[0]).toBe(expected));

  it('on a Mac that denies the local network', () => {
    const seen = contact({ tried: [tried('unreachable')] });
    expect(findings(facts({ contact: seen, platform: 'darwin' }))[0]).toBe('macos-denied');
  });

  it('without a network it is the network', () => {
    expect(findings(facts({ contact: contact(), adapters: [adapter({ kind: 'loopback' })] }))).toEqual(['no-network']);
  });
});
