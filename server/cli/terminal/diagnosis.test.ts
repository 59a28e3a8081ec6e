import { expect, it } from 'vitest';
import type { Diagnosis } from '../../contract/diagnosis.ts';
import { anyId } from '../../testing/ids.ts';
import { describeDiagnosis } from './diagnosis.ts';

const compared = (clockDifference: number): Diagnosis['contact'] => ({
  contact: anyId('b'.repeat(32)),
  lastSeen: null,
  connection: 'online',
  nearby: true,
  announcedClock: null,
  tried: [{ address: '192.168.1.9:4000', source: 'announced', neighbour: true, outcome: 'reached', ms: 7 }],
  compared: {
    clockDifference,
    theySeeUs: false,
    theyTried: [{ address: '192.168.1.5:41234', outcome: 'timeout', ms: 3000 }],
  },
  weReach: 'yes',
  theyReach: 'no',
});
const diagnosis = (part: Partial<Diagnosis> = {}): Diagnosis => ({
  at: 0,
  peerPort: 41234,
  adapters: [],
  discovery: { status: 'on', reason: '' },
  contact: compared(100),
  findings: ['online'],
  advice: null,
  ...part,
});
const lines = (part?: Partial<Diagnosis>): string => describeDiagnosis(diagnosis(part), 'Bob').join('\n');

it('says who can dial whom, and how each knows', () => {
  const told = lines();
  expect(told).toContain('You can connect to them: yes. They can connect to you: no.');
  expect(told).toContain('they are seen here, you are not seen there');
  expect(told).toContain('You tried  192.168.1.9:4000 (announced)  answered, after 7 ms');
  expect(told).toContain('They tried 192.168.1.5:41234 (you)  no answer, after 3000 ms');
});

it.each([
  [-1_999, 'the same'],
  [2_000, 'theirs is 2 s ahead of yours'],
  [-119_000, 'theirs is 119 s behind yours'],
  [-40 * 60_000, 'theirs is 40 min behind yours'],
])('says how far a clock is off that differs by %i ms', (difference, words) => {
  expect(lines({ contact: compared(difference) })).toContain(`Clock      ${words}`);
});

it('says what lets Loom in, as commands or as ports', () => {
  const peers = { protocol: 'TCP', port: 41234 } as const;
  const command = 'sudo ufw allow from 192.168.1.0/24 to any port 41234 proto tcp';
  const known = lines({ advice: { firewall: 'ufw', opens: [peers], commands: [command] } });
  expect(known).toContain(`ufw. This lets Loom in:\n  ${command}\nLoom keeps port 41234 while it is free`);
  const unknown = lines({ advice: { firewall: 'linux', opens: [{ protocol: 'UDP', port: 5353 }], commands: [] } });
  expect(unknown).toContain('let in UDP port 5353.');
  expect(unknown).not.toContain('--peer-port');
});

it.each([
  [null, null],
  [0, null],
  [3_600_000, 'theirs is about 60 min ahead of yours'],
  [-3 * 365 * 86_400_000, 'theirs is about 1095 days behind yours'],
])('says of one who never connected what their adverts tell of their clock: %s', (announcedClock, words) => {
  const told = lines({ contact: { ...compared(0)!, compared: null, announcedClock } });
  if (words === null) expect(told).not.toContain('Clock');
  else expect(told).toContain(`Clock      ${words}`);
});
