// What each finding of the doctor means and what to do next, in English: one wording for the page and the command line.
import type { Finding } from '../diagnosis.ts';

export const doctorSentences: Readonly<Record<Finding, string>> = {
  fine: 'Nothing is wrong on this computer.',
  online: 'You are connected. Messages get through.',
  reachable: 'They answer. You’ll be connected in a few seconds.',
  blocked: 'You have blocked them. Unblock them first.',
  'not-added': 'They are there, but haven’t added you yet. Ask them to.',
  'no-address':
    'Loom hasn’t seen them on this network and knows no address of theirs. Ask for the address that “My contact code” or “loom-web token” shows on their computer, and add it.',
  'inbound-dropped':
    'Loom sees them on this network, but nothing gets through to them. Their firewall must let Loom in, and perhaps yours too. Or the Wi-Fi keeps devices apart (“client isolation”): try another network, or a cable.',
  'not-running':
    'Their computer is there, but Loom isn’t running at that address. Ask them to start it, or for the address they have now.',
  'stale-address':
    'Someone else has the address they had. Ask for the new one, or wait until Loom sees them on the network.',
  'wrong-subnet':
    'Their addresses are on a network this computer isn’t on. Join the same network, or ask for another address.',
  away: 'Nobody answers at their addresses. They are away, or their computer is asleep.',
  'macos-denied':
    'macOS doesn’t let Loom reach the local network. Allow it in System Settings, Privacy & Security, Local Network.',
  'they-cannot-reach-us':
    'You can reach them, but they can’t reach you: a firewall on this computer is in the way. You connect only when your Loom makes the connection.',
  'behind-router':
    'They see a router instead of you and can’t connect through it. You connect when your Loom makes the connection, which it does by itself.',
  'we-cannot-reach-them':
    'They can reach you, but you can’t reach them: a firewall on their computer is in the way. The same test on their side says how to let Loom in.',
  'clock-off':
    'Your clocks are far apart. You still find each other, but one of you shows wrong times. Set both clocks automatically.',
  'they-do-not-hear-us':
    'You see their announcements, but they don’t see yours: something on their side blocks UDP port 5353. Known addresses still work.',
  'we-do-not-hear-them':
    'They see your announcements, but you don’t see theirs: something on this side blocks UDP port 5353. Known addresses still work.',
  'no-network': 'This computer isn’t connected to a network. Connect a cable or Wi-Fi.',
  'discovery-off': 'Finding people nearby is off. Known addresses still work.',
  'port-taken': 'Another program keeps UDP port 5353 to itself. Close it, or add people by address.',
  'port-denied': 'The system doesn’t let Loom listen on UDP port 5353. Check its firewall.',
  'no-multicast': 'No connected network lets Loom find people (none has multicast). Add people by address.',
  'adapters-unreadable':
    'The system doesn’t let Loom read the list of network adapters, so it can’t find people and doesn’t know your addresses. Known addresses of others still work. On Linux, a service needs AF_NETLINK in RestrictAddressFamilies.',
  'responder-missing':
    'Loom was started with “--discovery system”, but the package “mdns” it needs is missing or wasn’t built. Install it, or start Loom without the option. Known addresses still work.',
  'responder-silent':
    'Loom was started with “--discovery system”, but the system’s service (avahi-daemon or Bonjour) doesn’t answer. Start it, or start Loom without the option. Known addresses still work.',
  'multicast-dropped':
    'Loom’s own announcements don’t even come back to this computer: a firewall here blocks them. Let in UDP port 5353.',
  'nobody-heard':
    'Loom hears nobody else on this network. Either nobody is there, or the network doesn’t carry such messages (multicast), as guest Wi-Fi often doesn’t. Known addresses still work.',
  'virtual-only': 'The only networks here belong to containers or virtual machines, which others can’t see.',
  'files-changed':
    'Files of this profile were changed while Loom was closed. Someone you blocked may not be blocked any more: check your contacts and invites.',
  vpn: 'A VPN is on. It may capture traffic meant for the local network: try without it.',
};
