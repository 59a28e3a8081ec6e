// What the doctor says: what is the matter, and the next step.
export const doctor = {
  whyContact: 'Why is there no connection?',
  checkNetwork: 'Check this network',
  looking: 'Looking… this takes a few seconds.',
  details: 'What was seen',
  adapter: '{name}: {addresses}',
  traffic: 'announced {sent} times, heard others {heard} times',
  kind: {
    network: 'network',
    vpn: 'VPN',
    virtual: 'of containers or virtual machines',
    loopback: 'this computer alone',
  },
  announced: 'Announced on this network',
  yes: 'yes',
  no: 'no',
  tried: 'Tried',
  outcome: {
    reached: 'answered',
    refused: 'refused: nothing listens there',
    unreachable: 'cannot be reached',
    timeout: 'no answer',
    silent: 'took the connection and said nothing',
    'other-identity': 'somebody else',
  },
  line: '{address}: {outcome}',
  adapters: 'Network adapters',
  finding: {
    fine: 'Nothing is wrong on this computer.',
    online: 'You are connected. Messages flow.',
    reachable: 'They answer. The connection comes within seconds.',
    blocked: 'You have blocked them.',
    'not-added': 'They are there, but have not added you yet. Ask them to.',
    'no-address':
      'Nobody has announced them here, and no address of theirs is known. Ask for the address that their “Share my token” shows, and add it.',
    'inbound-dropped':
      'They are announced on this network, but nothing gets through to them. Their firewall has to let Node in, or the Wi-Fi keeps devices apart: try another network, or a cable.',
    'not-running': 'Their computer is there, but Loom is not running at that address. Ask them to start it.',
    'stale-address': 'Somebody else has the address they had. Ask for the new one, or wait until they are announced.',
    'wrong-subnet':
      'Their addresses are on a network that this computer is not on. Join the same one, or ask for another address.',
    away: 'Nobody answers at their addresses. They are away, or their computer sleeps.',
    'macos-denied':
      'macOS does not let Loom reach the local network. Allow it in System Settings, Privacy & Security, Local Network.',
    'no-network': 'This computer is on no network. Connect a cable or Wi-Fi.',
    'discovery-off': 'Looking for people nearby is off, so nobody is found by itself. Known addresses still work.',
    'port-taken': 'Another program keeps UDP port 5353 to itself. Close it, or add people by address.',
    'port-denied': 'The system does not allow listening on UDP port 5353. Look at its firewall.',
    'no-multicast': 'No network that people can be found on is connected. Add people by address.',
    'multicast-dropped':
      'What Loom announces does not even come back to this computer: a firewall here drops it. Allow UDP port 5353 for Node.',
    'nobody-heard':
      'Nobody else is heard on this network. Either nobody is there, or it does not carry such messages, as guest Wi-Fi often does not. Known addresses still work.',
    'virtual-only': 'The only networks are those of containers or virtual machines, which others do not see.',
    vpn: 'A VPN is up. It may take what is meant for the local network: try without it.',
  },
};
