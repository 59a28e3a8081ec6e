// The doctor's words on the command line.
import type { Diagnosis, Finding } from '../contract/diagnosis.ts';
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
    'They are announced on this network, but what you dial does not get through. Their firewall has to let Node in, or the Wi-Fi keeps devices apart (“client isolation”): try another network, or a cable.',
  'not-running': 'Their computer is there, but Loom does not listen at that address. Ask them to start it.',
  'stale-address': 'Somebody else has the address they had. Ask for the new one, or wait until they are announced.',
  'wrong-subnet':
    'Their addresses are on a network that this computer is not on. Join the same network, or ask for another address.',
  away: 'Nobody answers at their addresses. They are away, or their computer sleeps.',
  'macos-denied':
    'macOS does not let this program reach the local network. Allow it in System Settings, Privacy & Security, Local Network.',
  'no-network': 'This computer is on no network. Connect a cable or Wi-Fi.',
  'discovery-off':
    'Looking for people nearby is off, so nobody is found by itself. Addresses that are known still work.',
  'port-taken': 'Another program keeps UDP port 5353 to itself. Close it, or add people by address.',
  'port-denied': 'The system does not allow listening on UDP port 5353. Look at its firewall.',
  'no-multicast': 'No network with multicast is connected. Add people by address.',
  'multicast-dropped':
    'What Loom announces does not even come back to this computer: a firewall here drops it. Allow UDP port 5353 for Node.',
  'nobody-heard':
    'Nobody else is heard on this network. Either nobody is there, or it does not carry multicast, as guest Wi-Fi often does not. Addresses that are known still work.',
  'virtual-only': 'The only adapters are those of containers or virtual machines, which others do not see.',
  vpn: 'A VPN is up. It may take what is meant for the local network: try without it.',
};

export function describeDiagnosis(diagnosis: Diagnosis, name: string | null): readonly string[] {
  const { adapters, contact, findings, discovery } = diagnosis;
  return [
    ...findings.map((finding) => sentences[finding]),
    '',
    `Discovery  ${discovery.status}${discovery.reason === '' ? '' : `: ${discovery.reason}`}`,
    ...adapters.map(
      ({ name: adapter, kind, addresses, sent, heard, own }) =>
        `Adapter    ${adapter} (${kind})  ${addresses.join(', ')}  sent ${sent}, heard ${heard}, own ${own}`,
    ),
    ...(contact && name !== null ? describeContact(contact, name) : []),
  ];
}

function describeContact(contact: NonNullable<Diagnosis['contact']>, name: string): readonly string[] {
  const { lastSeen, nearby, tried } = contact;
  return [
    `Contact    ${printable(name)}, last connected ${lastSeen === null ? 'never' : new Date(lastSeen).toISOString()}`,
    `Announced  ${nearby ? 'yes' : 'no'}`,
    ...tried.map(({ address, source, outcome, ms }) => `Tried      ${address} (${source})  ${outcome} after ${ms} ms`),
  ];
}
