// What stands at this computer's door, as far as can be seen without being its administrator, and the commands that let
// Loom in. Nothing is run here, nothing asked over the network: a few files, and a person who pastes.
import { lstat, readFile } from 'node:fs/promises';
import type { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { isIPv4 } from 'node:net';
import type { Finding, Firewall, FirewallAdvice } from '../../contract/diagnosis.ts';
import { isLinkLocalAddress, isLocalAddress } from '../../network/addresses.ts';

/** UDP port of multicast DNS. */
const MDNS_PORT = 5353;

/** Networks named in commands: more than a computer has that people are met on, and still read at a glance. */
const SUBNETS = 4;

/** What the findings ask to be let in: people who dial, and what they announce. */
const wanted = new Map<Finding, Use>([
  ['they-cannot-reach-us', 'peers'],
  ['inbound-dropped', 'peers'],
  ['multicast-dropped', 'multicast'],
  ['we-do-not-hear-them', 'multicast'],
]);

type Use = 'peers' | 'multicast';

export interface Door {
  readonly firewall: Firewall;
  readonly peerPort: number;
  /** Networks that people are met on, as `ADDRESS/PREFIX`. */
  readonly subnets: readonly string[];
  /** Node, which the firewalls of some systems know by its path. */
  readonly program: string;
}

/** Null when none of these findings has to do with a firewall here. */
export function adviceFor(found: readonly Finding[], door: Door): FirewallAdvice | null {
  const uses = new Set(found.flatMap((finding) => wanted.get(finding) ?? []));
  if (uses.size === 0) return null;
  return {
    firewall: door.firewall,
    opens: [...uses].map((use) => opening(use, door)),
    commands: [...uses].flatMap((use) => commandsFor(use, door)),
  };
}

/** @param root where the system's files are: `/` but in tests. */
export async function detectFirewall(platform: NodeJS.Platform, root = '/'): Promise<Firewall> {
  if (platform === 'darwin') return 'macos';
  if (platform === 'win32') return 'windows';
  if (platform !== 'linux') return 'other';
  // Its rules are for root to read, whether it is on is for all.
  if (/^\s*ENABLED=["']?yes\b/im.test(await textOf(join(root, 'etc/ufw/ufw.conf')))) return 'ufw';
  if (await runs('firewalld', root)) return 'firewalld';
  return (await runs('nftables', root)) ? 'nftables' : 'linux';
}

/** IPv4 networks of these adapters, else IPv6 ones. */
export function subnetsOf(
  adapters: readonly string[],
  interfaces: ReturnType<typeof networkInterfaces>,
): readonly string[] {
  const entries = adapters.flatMap((name) => interfaces[name] ?? []).filter(({ address }) => isLocalAddress(address));
  const ipv4 = entries.flatMap(({ cidr }) =>
    cidr !== null && isIPv4(cidr.split('/')[0] ?? '') ? networkOf(cidr) : [],
  );
  const ipv6 = entries.some(({ family, address }) => family === 'IPv6' && isLinkLocalAddress(address));
  const all = ipv4.length === 0 && ipv6 ? ['fe80::/10'] : ipv4;
  return [...new Set(all)].slice(0, SUBNETS);
}

/** `192.168.1.5/24` is on `192.168.1.0/24`. */
function networkOf(cidr: string): string {
  const [address = '', prefix = ''] = cidr.split('/');
  const bits = Number(prefix);
  const number = address.split('.').reduce((sum, byte) => sum * 256 + Number(byte), 0);
  const size = 2 ** (32 - bits);
  const first = Math.floor(number / size) * size;
  return `${[24, 16, 8, 0].map((shift) => Math.floor(first / 2 ** shift) % 256).join('.')}/${bits}`;
}

function opening(use: Use, { peerPort }: Door): FirewallAdvice['opens'][number] {
  return use === 'peers' ? { protocol: 'TCP', port: peerPort } : { protocol: 'UDP', port: MDNS_PORT };
}

function commandsFor(use: Use, door: Door): readonly string[] {
  const { firewall, subnets, program } = door;
  const opened = opening(use, door);
  const { port } = opened;
  const protocol = opened.protocol.toLowerCase();
  switch (firewall) {
    case 'ufw':
      if (subnets.length === 0) return [`sudo ufw allow ${port}/${protocol}`];
      return subnets.map((subnet) => `sudo ufw allow from ${subnet} to any port ${port} proto ${protocol}`);
    case 'firewalld': {
      const option = use === 'peers' ? `--add-port=${port}/tcp` : '--add-service=mdns';
      // Now, and after a restart.
      return [`sudo firewall-cmd ${option}`, `sudo firewall-cmd --permanent ${option}`];
    }
    case 'nftables':
      return (subnets.length === 0 ? [''] : subnets.map(nftSource)).map(
        (source) => `sudo nft insert rule inet filter input ${source}${protocol} dport ${port} accept`,
      );
    case 'macos': {
      const tool = 'sudo /usr/libexec/ApplicationFirewall/socketfilterfw';
      const node = `'${program.replaceAll("'", "'\\''")}'`;
      return [`${tool} --add ${node}`, `${tool} --unblockapp ${node}`];
    }
    case 'windows':
      return [
        `New-NetFirewallRule -DisplayName 'Loom' -Direction Inbound -Action Allow -Protocol ${opened.protocol} -LocalPort ${port} -RemoteAddress LocalSubnet`,
      ];
    case 'linux':
    case 'other':
      return [];
  }
}

function nftSource(subnet: string): string {
  return `${subnet.includes(':') ? 'ip6' : 'ip'} saddr ${subnet} `;
}

async function textOf(path: string): Promise<string> {
  return readFile(path, 'utf8').catch(() => '');
}

/** systemd leaves a link for each unit that is up, which anybody may see; it leads nowhere. */
async function runs(unit: string, root: string): Promise<boolean> {
  const link = join(root, `run/systemd/units/invocation:${unit}.service`);
  return lstat(link).then(
    () => true,
    () => false,
  );
}
