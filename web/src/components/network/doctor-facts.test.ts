import { expect, it } from 'vitest';
import type { Diagnosis } from '../../../../server/contract/diagnosis.ts';
import { anyId } from '../../../../server/testing/ids.ts';
import { doctorFacts } from './doctor-facts.ts';

const seen = (contact: Partial<NonNullable<Diagnosis['contact']>> | null): Diagnosis => ({
  at: 0,
  peerPort: 41234,
  adapters: [{ name: 'eth0', kind: 'network', addresses: ['192.168.1.5'], sent: 3, heard: 2, own: 3 }],
  discovery: { status: 'on', reason: '' },
  findings: ['online'],
  advice: null,
  contact: contact && {
    contact: anyId('b'.repeat(32)),
    lastSeen: null,
    connection: 'online',
    nearby: true,
    announcedClock: null,
    tried: [],
    compared: null,
    weReach: 'yes',
    theyReach: 'untested',
    ...contact,
  },
});
const facts = (diagnosis: Diagnosis) =>
  Object.fromEntries(doctorFacts(diagnosis).map(({ name, values }) => [name, values]));

it('are of this computer alone when nobody was asked about', () => {
  expect(Object.keys(facts(seen(null)))).toEqual(['Network adapters']);
});

it('say when a contact who is online gave no answer', () => {
  expect(facts(seen({}))['They can connect to you']).toHaveLength(2);
  expect(facts(seen({ connection: 'offline' }))['They can connect to you']).toEqual(['not tested']);
});

it.each([
  [1_000, 'the same as yours'],
  [90_000, '90 seconds ahead of yours'],
  [-25 * 60_000, '25 minutes behind yours'],
  [3 * 86_400_000, '3 days ahead of yours'],
])('tell clocks that differ by %i ms apart', (clockDifference, words) => {
  const theyTried = [{ address: '192.168.1.5:41234', outcome: 'timeout', ms: 3000 }] as const;
  const told = facts(seen({ theyReach: 'no', compared: { clockDifference, theySeeUs: false, theyTried } }));
  expect(told['Their clock']).toEqual([words]);
  expect(told['They tried you at']).toEqual(['192.168.1.5:41234, no answer']);
  expect(told['They see your announcements']).toEqual(['no']);
});

it('tell of a clock that only adverts tell of, if it is off', () => {
  expect(facts(seen({ announcedClock: 3_600_000 }))['Their clock']).toEqual(['about 60 minutes ahead of yours']);
  expect(facts(seen({ announcedClock: 0 }))['Their clock']).toBeUndefined();
});
