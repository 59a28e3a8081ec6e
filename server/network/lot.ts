// Who counts as one when places are shared out. A machine takes as many addresses of its IPv6 network as it likes, so all
// of a /64 are one lot; link-local addresses share one prefix everywhere, so there each neighbour is its own.
import { BlockList, isIPv6 } from 'node:net';

const linkLocal = new BlockList();
linkLocal.addSubnet('fe80::', 10, 'ipv6');

/** 16-bit groups in the first 64 bits. */
const NETWORK_GROUPS = 4;
const GROUPS = 8;

/** @param host an IP address as sockets show it, a link-local one with its scope; anything else is its own lot. */
export function lotOf(host: string): string {
  const bare = host.replace(/%.*$/, '');
  if (!isIPv6(bare) || linkLocal.check(bare, 'ipv6')) return host;
  const [before = '', after] = bare.split('::');
  const head = groupsOf(before);
  const tail = after === undefined ? [] : groupsOf(after);
  const zeros = after === undefined ? 0 : GROUPS - head.length - tail.length;
  const groups = [...head, ...Array.from({ length: zeros }, () => 0), ...tail];
  const network = groups.slice(0, NETWORK_GROUPS).map((group) => group.toString(16));
  return `${network.join(':')}::/64`;
}

/** An IPv4 address at the end stands for two groups; their value is of no account here. */
function groupsOf(part: string): number[] {
  if (part === '') return [];
  return part.split(':').flatMap((group) => (group.includes('.') ? [0, 0] : [parseInt(group, 16)]));
}
