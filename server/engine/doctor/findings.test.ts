import { describe, expect, it } from 'vitest';
import type { AdapterFacts, CheckResult, Tried } from '../../contract/diagnosis.ts';
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
  announcedClock: null,
  tried: [],
  compared: null,
  weReach: 'untested',
  theyReach: 'untested',
  ...part,
});
const MINUTE = 60_000;
/** What they answered: our address, dialled by them. */
const compared = (
  outcome: Tried['outcome'],
  part: Partial<CheckResult> = {},
  address = '192.168.1.5:4000',
): CheckResult => ({
  clockDifference: 300,
  theySeeUs: true,
  theyTried: [{ address, outcome, ms: 1 }],
  ...part,
});
const online = (part: Partial<ContactSeen> = {}): ContactSeen =>
  contact({
    ...{ connection: 'online', nearby: true, tried: [tried('reached')], weReach: 'yes', theyReach: 'yes' },
    compared: compared('reached'),
    ...part,
  });
const facts = (part: Partial<Facts> = {}): Facts => ({
  adapters: [adapter()],
  problem: null,
  hidden: false,
  contact: null,
  platform: 'linux',
  hosts: new Set(['192.168.1.5']),
  filesChanged: false,
  ...part,
});

describe('of this computer', () => {
  it.each([
    ['nothing is wrong', facts(), ['fine']],
    ['no network', facts({ adapters: [adapter({ kind: 'loopback' })] }), ['no-network']],
    ['discovery is off', facts({ hidden: true }), ['discovery-off']],
    ['the port is taken', facts({ problem: 'port-taken' }), ['port-taken']],
    ['adapters cannot be read', facts({ adapters: [], problem: 'adapters-unreadable' }), ['adapters-unreadable']],
    ['a firewall here', facts({ adapters: [adapter({ heard: 0, own: 0 })] }), ['multicast-dropped']],
    ['nobody is heard', facts({ adapters: [adapter({ heard: 0 })] }), ['nobody-heard']],
    ['too early to tell', facts({ adapters: [adapter({ heard: 0, own: 0, sent: 2 })] }), ['fine']],
    ['containers alone', facts({ adapters: [adapter({ kind: 'virtual', heard: 0 })] }), ['virtual-only']],
    ['files that were changed', facts({ filesChanged: true }), ['files-changed']],
    ['files and a VPN', facts({ filesChanged: true, adapters: [adapter({ kind: 'vpn' })] }), ['vpn', 'files-changed']],
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
    const online = contact({ connection: 'online' });
    expect(findings(facts({ contact: online, adapters: [adapter({ kind: 'loopback' })] }))).toEqual(['online']);
  });
});

describe('of a contact who tests us, too', () => {
  const unheard = compared('reached', { theySeeUs: false });
  it.each([
    ['both ways are open', online(), []],
    ['they gave no answer', online({ compared: null, theyReach: 'untested' }), []],
    ['a firewall here drops', online({ theyReach: 'no', compared: compared('timeout') }), ['they-cannot-reach-us']],
    ['a firewall here refuses', online({ theyReach: 'no', compared: compared('refused') }), ['they-cannot-reach-us']],
    [
      'two Looms on one computer',
      online({ theyReach: 'no', compared: compared('refused', {}, '127.0.0.1:4000') }),
      ['they-cannot-reach-us'],
    ],
    ['somebody else answers at ours', online({ theyReach: 'no', compared: compared('other-identity') }), []],
    [
      'they see us as a router',
      online({ theyReach: 'no', compared: compared('timeout', {}, '10.0.0.1:4000') }),
      ['behind-router'],
    ],
    ['a firewall there', online({ weReach: 'no', tried: [tried('timeout')] }), ['we-cannot-reach-them']],
    [
      'firewalls on both sides',
      online({ weReach: 'no', tried: [tried('unreachable')], theyReach: 'no', compared: compared('timeout') }),
      ['they-cannot-reach-us', 'we-cannot-reach-them'],
    ],
    ['clocks a little off', online({ compared: compared('reached', { clockDifference: 5 * MINUTE - 1 }) }), []],
    ['their clock ahead', online({ compared: compared('reached', { clockDifference: 5 * MINUTE }) }), ['clock-off']],
    [
      'their clock behind',
      online({ compared: { ...compared('reached'), clockDifference: -5 * MINUTE } }),
      ['clock-off'],
    ],
    ['they do not hear us', online({ compared: unheard }), ['they-do-not-hear-us']],
    ['we do not hear them', online({ nearby: false }), ['we-do-not-hear-them']],
    ['on different networks', online({ nearby: false, compared: unheard }), []],
  ] as const)('%s', (_, seen, more) => {
    expect(findings(facts({ contact: seen }))).toEqual(['online', ...more]);
  });

  it('who hides is not heard, and that is no fault', () => {
    expect(findings(facts({ contact: online({ nearby: false }), hidden: true }))).toEqual(['online', 'discovery-off']);
  });
});

describe('clocks of two who have never connected', () => {
  it.each([
    [null, ['inbound-dropped']],
    [0, ['inbound-dropped']],
    [60 * MINUTE, ['inbound-dropped', 'clock-off']],
    [-3 * 365 * 24 * 60 * MINUTE, ['inbound-dropped', 'clock-off']],
  ])('by adverts %s ms apart', (announcedClock, expected) => {
    const seen = contact({ nearby: true, announcedClock, tried: [tried('timeout')] });
    const facts: Facts = {
      adapters: [adapter()],
      problem: null,
      hidden: false,
      contact: seen,
      platform: 'linux',
      hosts: new Set(),
      filesChanged: false,
    };
    expect(findings(facts)).toEqual(expected);
  });

  it('are known better once they have compared them', () => {
    const seen = online({ announcedClock: 60 * MINUTE, compared: compared('reached') });
    const facts: Facts = {
      adapters: [adapter()],
      problem: null,
      hidden: false,
      contact: seen,
      platform: 'linux',
      hosts: new Set(),
      filesChanged: false,
    };
    expect(findings(facts)).not.toContain('clock-off');
  });
});
