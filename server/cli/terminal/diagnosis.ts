// The doctor's words on the command line.
import type { AdapterFacts, Diagnosis, Firewall, FirewallAdvice } from '../../contract/diagnosis.ts';
import { doctorSentences } from '../../contract/words/doctor-sentences.ts';
import { localTime } from './local-time.ts';
import { printable } from './printable.ts';

/** What to do about the firewall; commands follow, where there are any. */
const firewalls: Readonly<Record<Firewall, string>> = {
  ufw: 'The firewall of this computer is ufw. This lets Loom in:',
  firewalld: 'The firewall of this computer is firewalld. This lets Loom in, now and after a restart:',
  nftables:
    'The firewall of this computer is nftables. If its rules are in the usual place, this lets Loom in until the next start; write it into /etc/nftables.conf to keep it:',
  linux: 'Loom found no firewall it knows on this computer. If there is one, let in',
  macos: 'In System Settings, Network, Firewall, allow incoming connections for Node. Or in a terminal:',
  windows:
    'In Settings, Network & internet, make this network private, and allow Node when Windows asks. Or in PowerShell as administrator:',
  other: 'If there is a firewall on this computer, let in',
};

const outcomes: Readonly<Record<NonNullable<Diagnosis['contact']>['tried'][number]['outcome'], string>> = {
  reached: 'answered',
  refused: 'refused: nothing listens there',
  unreachable: 'can’t be reached',
  timeout: 'no answer',
  silent: 'accepted the connection but said nothing',
  'other-identity': 'someone else',
};

const reaches = { yes: 'yes', no: 'no', untested: 'not tested' } as const;

/** Below this the clocks are the same to a person, and to us: a slow network hides as much. */
const SAME_CLOCK_MS = 2_000;

/** @param name of the contact; null: this computer alone. */
export function describeDiagnosis(diagnosis: Diagnosis, name: string | null): readonly string[] {
  const { adapters, contact, findings, discovery, advice, peerPort } = diagnosis;
  return [
    ...findings.map((finding) => doctorSentences[finding]),
    ...(advice ? ['', ...describeAdvice(advice, peerPort)] : []),
    '',
    `Discovery  ${discovery.status}${discovery.reason === '' ? '' : `: ${discovery.reason}`}`,
    ...adapters.map((adapter) => [describeAdapter(adapter), ...traffic(adapter)].join('  ')),
    ...(contact && name !== null ? describeContact(contact, name) : []),
  ];
}

function describeAdapter({ name, kind, addresses }: AdapterFacts): string {
  return `Adapter    ${name} (${kind})  ${addresses.join(', ')}`;
}

/** Nothing where the packets are not ours: the system's responder speaks, or nobody does. */
function traffic({ sent, heard, own }: AdapterFacts): readonly string[] {
  return sent + heard + own > 0 ? [`sent ${sent}, heard ${heard}, own ${own}`] : [];
}

function describeAdvice({ firewall, opens, commands }: FirewallAdvice, peerPort: number): readonly string[] {
  const ports = opens.map(({ protocol, port }) => `${protocol} port ${port}`).join(' and ');
  return [
    commands.length > 0 ? firewalls[firewall] : `${firewalls[firewall]} ${ports}.`,
    ...commands.map((command) => `  ${command}`),
    ...(opens.some(({ port }) => port === peerPort)
      ? [`Loom keeps port ${peerPort} while it is free; start it with --peer-port ${peerPort} and it uses no other.`]
      : []),
  ];
}

function describeContact(contact: NonNullable<Diagnosis['contact']>, name: string): readonly string[] {
  const { lastSeen, nearby, announcedClock, tried, compared, weReach, theyReach } = contact;
  return [
    `Contact    ${printable(name)}, last connected ${lastSeen === null ? 'never' : localTime(lastSeen)}`,
    `You can connect to them: ${reaches[weReach]}. They can connect to you: ${reaches[theyReach]}.`,
    `Announced  they ${nearby ? 'are' : 'are not'} seen here${compared ? `, you ${compared.theySeeUs ? 'are' : 'are not'} seen there` : ''}`,
    ...(compared ? [`Clock      ${describeClock(compared.clockDifference)}`] : []),
    ...(!compared && announcedClock ? [`Clock      ${describeClock(announcedClock, 'about ')}`] : []),
    ...tried.map(
      ({ address, source, outcome, ms }) => `You tried  ${address} (${source})  ${outcomes[outcome]}, after ${ms} ms`,
    ),
    ...(compared?.theyTried ?? []).map(
      ({ address, outcome, ms }) => `They tried ${address} (you)  ${outcomes[outcome]}, after ${ms} ms`,
    ),
  ];
}

/** @param how exactly it is known. */
function describeClock(difference: number, how = ''): string {
  const off = Math.abs(difference);
  if (off < SAME_CLOCK_MS) return 'the same';
  return `theirs is ${how}${amount(Math.round(off / 1000))} ${difference > 0 ? 'ahead of' : 'behind'} yours`;
}

function amount(seconds: number): string {
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 2 * 24 * 60 ? `${minutes} min` : `${Math.round(minutes / (24 * 60))} days`;
}
