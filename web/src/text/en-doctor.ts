// What the doctor says: what is the matter, and the next step.
export const doctor = {
  whyContact: 'Why is there no connection?',
  bothWays: 'Test both ways',
  checkNetwork: 'Check this network',
  looking: 'Looking… this takes a few seconds.',
  lookingBoth: 'Each of you tries to reach the other… this takes a few seconds.',
  details: 'What was seen',
  adapter: '{name}: {addresses}',
  traffic: 'announced {sent} times, heard others {heard} times',
  kind: {
    network: 'network',
    vpn: 'VPN',
    virtual: 'of containers or virtual machines',
    loopback: 'this computer alone',
  },
  weReach: 'You can connect to them',
  theyReach: 'They can connect to you',
  reach: { yes: 'yes', no: 'no', untested: 'not tested' },
  lastSeen: 'Last connected',
  never: 'never',
  announced: 'You see them announced',
  theySeeUs: 'They see you announced',
  yes: 'yes',
  no: 'no',
  theirClock: 'Their clock',
  clockSame: 'the same as yours',
  clockAhead: '{time} ahead of yours',
  clockBehind: '{time} behind yours',
  tried: 'You tried them at',
  theyTried: 'They tried you at',
  noAnswer: 'They did not answer when asked to test the way to you.',
  outcome: {
    reached: 'answered',
    refused: 'refused: nothing listens there',
    unreachable: 'cannot be reached',
    timeout: 'no answer',
    silent: 'took the connection and said nothing',
    'other-identity': 'somebody else',
  },
  line: '{address}, {outcome}',
  adapters: 'Network adapters',
  port: '{protocol} port {port}',
  portStays: 'Loom keeps port {port} while it is free; started with {option} it uses no other.',
  firewall: {
    ufw: 'The firewall of this computer is ufw. In a terminal, this lets Loom in:',
    firewalld: 'The firewall of this computer is firewalld. In a terminal, this lets Loom in, now and after a restart:',
    nftables:
      'The firewall of this computer is nftables. If its rules are in the usual place, this lets Loom in until the next start; in {file} it stays:',
    linux: 'No firewall was recognised on this computer. If there is one, let in {ports}.',
    macos: 'In System Settings, Network, Firewall, allow incoming connections for Node. Or in a terminal:',
    windows:
      'In Settings, Network & internet, make this network a private one, and allow Node when Windows asks. Or in PowerShell as administrator:',
    other: 'If there is a firewall on this computer, let in {ports}.',
  },
  finding: {
    fine: 'Nothing is wrong on this computer.',
    online: 'You are connected. Messages flow.',
    reachable: 'They answer. The connection comes within seconds.',
    blocked: 'You have blocked them.',
    'not-added': 'They are there, but have not added you yet. Ask them to.',
    'no-address':
      'Nobody has announced them here, and no address of theirs is known. Ask for the address that their “Share my token” shows, and add it.',
    'inbound-dropped':
      'They are announced on this network, but nothing gets through to them. Their firewall has to let Loom in, and perhaps yours, too; or the Wi-Fi keeps devices apart: try another network, or a cable.',
    'not-running':
      'Their computer is there, but Loom is not running at that address. Ask them to start it, or for the address that their “Share my token” shows now.',
    'stale-address': 'Somebody else has the address they had. Ask for the new one, or wait until they are announced.',
    'wrong-subnet':
      'Their addresses are on a network that this computer is not on. Join the same one, or ask for another address.',
    away: 'Nobody answers at their addresses. They are away, or their computer sleeps.',
    'macos-denied':
      'macOS does not let Loom reach the local network. Allow it in System Settings, Privacy & Security, Local Network.',
    'they-cannot-reach-us':
      'You reach them, but what they dial does not get through to you: a firewall on this computer keeps it out. The two of you connect only while you can dial.',
    'behind-router':
      'They see a router in your place, and cannot dial you through it. The two of you connect when you dial them, which Loom does by itself.',
    'we-cannot-reach-them':
      'They reach you, but what you dial does not get through to them: a firewall on their computer keeps it out. The same test on their side says how to let Loom in.',
    'clock-off':
      'Your clocks are too far apart for you to recognise what the other announces, so you may not find each other again. Have both computers set their clock by the network.',
    'they-do-not-hear-us':
      'You see what they announce, but they do not see what you announce: something on their side keeps UDP port 5353 out. Known addresses still work.',
    'we-do-not-hear-them':
      'They see what you announce, but you do not see what they announce: something on this side keeps UDP port 5353 out. Known addresses still work.',
    'no-network': 'This computer is on no network. Connect a cable or Wi-Fi.',
    'discovery-off': 'Looking for people nearby is off, so nobody is found by itself. Known addresses still work.',
    'port-taken': 'Another program keeps UDP port 5353 to itself. Close it, or add people by address.',
    'port-denied': 'The system does not allow listening on UDP port 5353. Look at its firewall.',
    'no-multicast': 'No network that people can be found on is connected. Add people by address.',
    'responder-missing':
      'Loom was started to find people by the service of this system, and the package “mdns” that this needs is missing or was not built. Install it, or start Loom without “--discovery system”. Known addresses still work.',
    'responder-silent':
      'Loom was started to find people by the service of this system (avahi-daemon, or Bonjour), and that does not answer. Start it, or start Loom without “--discovery system”. Known addresses still work.',
    'multicast-dropped':
      'What Loom announces does not even come back to this computer: a firewall here drops it. Let in UDP port 5353.',
    'nobody-heard':
      'Nobody else is heard on this network. Either nobody is there, or it does not carry such messages, as guest Wi-Fi often does not. Known addresses still work.',
    'virtual-only': 'The only networks are those of containers or virtual machines, which others do not see.',
    vpn: 'A VPN is up. It may take what is meant for the local network: try without it.',
  },
};
