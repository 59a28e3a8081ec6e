// The doctor's words on the command line.
import type { AdapterFacts, Compared, Diagnosis, Finding, Firewall, FirewallAdvice } from '../contract/diagnosis.ts';
import { printable } from './printable.ts';

/** What is the matter, and what to do next. */
const sentences: Readonly<Record<Finding, string>> = {
  fine: 'Nothing is wrong on this computer.',
  online: 'You are connected. Messages flow.',
  reachable: 'They answer. The connection comes within seconds.',
  blocked: 'You have blocked them. Unblock them first.',
  'not-added': 'They are there, but have not added you yet. Ask them to.',
  'no-address':
    'Nobody has announced them here, and no address of theirs is known. Ask for the address that their “loom-web token” or “Share my token” shows, and add it.',
  'inbound-dropped':
    'They are announced on this network, but what you dial does not get through. Their firewall has to let Loom in, and perhaps yours, too; or the Wi-Fi keeps devices apart (“client isolation”): try another network, or a cable.',
  'not-running':
    'Their computer is there, but Loom does not listen at that address. Ask them to start it, or for the address they have now.',
  'stale-address': 'Somebody else has the address they had. Ask for the new one, or wait until they are announced.',
  'wrong-subnet':
    'Their addresses are on a network that this computer is not on. Join the same network, or ask for another address.',
  away: 'Nobody answers at their addresses. They are away, or their computer sleeps.',
  'macos-denied':
    'macOS does not let this program reach the local network. Allow it in System Settings, Privacy & Security, Local Network.',
  'they-cannot-reach-us':
    'You reach them, but what they dial does not get through to you: a firewall on this computer keeps it out. The two of you connect only while you can dial.',
  'behind-router':
    'They see a router in your place, and cannot dial you through it. The two of you connect when you dial them, which Loom does by itself.',
  'we-cannot-reach-them':
    'They reach you, but what you dial does not get through to them: a firewall on their computer keeps it out. Their “loom-web doctor” with your name says how to let Loom in.',
  'clock-off':
    'Your clocks are too far apart for you to recognise what the other announces, so you may not find each other again. Have both computers set their clock by the network.',
  'they-do-not-hear-us':
    'You see what they announce, but they do not see what you announce: something on their side keeps UDP port 5353 out. Addresses that are known still work.',
  'we-do-not-hear-them':
    'They see what you announce, but you do not see what they announce: something on this side keeps UDP port 5353 out. Addresses that are known still work.',
  'no-network': 'This computer is on no network. Connect a cable or Wi-Fi.',
  'discovery-off':
    'Looking for people nearby is off, so nobody is found by itself. Addresses that are known still work.',
  'port-taken': 'Another program keeps UDP port 5353 to itself. Close it, or add people by address.',
  'port-denied': 'The system does not allow listening on UDP port 5353. Look at its firewall.',
  'no-multicast': 'No network with multicast is connected. Add people by address.',
  'responder-missing':
    'Loom was started with --discovery system, and the package “mdns” that this needs is missing or was not built. Install it beside Loom, or start Loom without the option. Addresses that are known still work.',
  'responder-silent':
    'Loom was started with --discovery system, and the service of this system (avahi-daemon, or Bonjour) does not answer. Start it, or start Loom without the option. Addresses that are known still work.',
  'multicast-dropped':
    'What Loom announces does not even come back to this computer: a firewall here drops it. Let in UDP port 5353.',
  'nobody-heard':
    'Nobody else is heard on this network. Either nobody is there, or it does not carry multicast, as guest Wi-Fi often does not. Addresses that are known still work.',
  'virtual-only': 'The only adapters are those of containers or virtual machines, which others do not see.',
  vpn: 'A VPN is up. It may take what is meant for the local network: try without it.',
};

/** What to do about the firewall; commands follow, where there are any. */
const firewalls: Readonly<Record<Firewall, string>> = {
  ufw: 'The firewall of this computer is ufw. This lets Loom in:',
  firewalld: 'The firewall of this computer is firewalld. This lets Loom in, now and after a restart:',
  nftables:
    'The firewall of this computer is nftables. If its rules are in the usual place, this lets Loom in until the next start; write it into /etc/nftables.conf to keep it:',
  linux: 'No firewall was recognised on this computer. If there is one, let in',
  macos: 'In System Settings, Network, Firewall, allow incoming connections for Node. Or in a terminal:',
  windows:
    'In Settings, Network & internet, make this network a private one, and allow Node when Windows asks. Or in PowerShell as administrator:',
  other: 'If there is a firewall on this computer, let in',
};

const outcomes: Readonly<Record<NonNullable<Diagnosis['contact']>['tried'][number]['outcome'], string>> = {
  reached: 'answered',
  refused: 'refused: nothing listens there',
  unreachable: 'cannot be reached',
  timeout: 'no answer',
  silent: 'took the connection and said nothing',
  'other-identity': 'somebody else',
};

const reaches = { yes: 'yes', no: 'no', untested: 'not tested' } as const;

/** Below this the clocks are the same to a person, and to us: a slow network hides as much. */
const SAME_CLOCK_MS = 2_000;

/** @param name of the contact; null: this computer alone. */
export function describeDiagnosis(diagnosis: Diagnosis, name: string | null): readonly string[] {
  const { adapters, contact, findings, discovery, advice, peerPort } = diagnosis;
  return [
    ...findings.map((finding) => sentences[finding]),
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
  const { lastSeen, nearby, tried, compared, weReach, theyReach } = contact;
  return [
    `Contact    ${printable(name)}, last connected ${lastSeen === null ? 'never' : new Date(lastSeen).toISOString()}`,
    `You can connect to them: ${reaches[weReach]}. They can connect to you: ${reaches[theyReach]}.`,
    `Announced  they ${nearby ? 'are' : 'are not'} seen here${compared ? `, you ${compared.theySeeUs ? 'are' : 'are not'} seen there` : ''}`,
    ...(compared ? [`Clock      ${describeClock(compared)}`] : []),
    ...tried.map(
      ({ address, source, outcome, ms }) => `You tried  ${address} (${source})  ${outcomes[outcome]}, after ${ms} ms`,
    ),
    ...(compared?.theyTried ?? []).map(
      ({ address, outcome, ms }) => `They tried ${address} (you)  ${outcomes[outcome]}, after ${ms} ms`,
    ),
  ];
}

function describeClock({ clockDifference }: Compared): string {
  const off = Math.abs(clockDifference);
  if (off < SAME_CLOCK_MS) return 'the same';
  const seconds = Math.round(off / 1000);
  const amount = seconds < 120 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
  return `theirs is ${amount} ${clockDifference > 0 ? 'ahead of' : 'behind'} yours`;
}
