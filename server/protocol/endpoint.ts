// Where an invite says its maker listens (SPEC §2): kind(u8) ‖ address ‖ port(u16). IP addresses only, no names to look up.
import ipaddr from 'ipaddr.js';
import { isIPv4, isIPv6 } from 'node:net';
import { concat, readU16, u16 } from '../crypto/bytes.ts';

export interface Endpoint {
  /** An IPv4 address, or an IPv6 address as in RFC 5952, without brackets or zone. */
  readonly host: string;
  /** 1 to 65,535. */
  readonly port: number;
}

const IPV4 = { kind: 0x04, length: 4 };
const IPV6 = { kind: 0x06, length: 16 };

/** @throws Error on a host that is no plain address, or a port out of range. */
export function encodeEndpoint({ host, port }: Endpoint): Uint8Array {
  if (!Number.isInteger(port) || port < 1 || port > 0xffff) throw new Error('a port is 1 to 65,535');
  const kind = isIPv4(host) ? IPV4.kind : IPV6.kind;
  if (kind === IPV6.kind && (!isIPv6(host) || host.includes('%')))
    throw new Error('an endpoint is an IP address without a zone');
  return concat(Uint8Array.of(kind), Uint8Array.from(ipaddr.parse(host).toByteArray()), u16(port));
}

/** How many bytes an endpoint of this kind takes; null: no such kind. */
export function endpointLength(kind: number | undefined): number | null {
  const known = [IPV4, IPV6].find((one) => one.kind === kind);
  return known ? 1 + known.length + 2 : null;
}

/** @returns the endpoint at `offset` and where the next begins; null when none stands there whole. */
export function readEndpoint(bytes: Uint8Array, offset: number): { endpoint: Endpoint; end: number } | null {
  const kind = [IPV4, IPV6].find((one) => one.kind === bytes[offset]);
  if (!kind) return null;
  const portAt = offset + 1 + kind.length;
  const end = portAt + 2;
  if (end > bytes.length) return null;
  const port = readU16(bytes, portAt);
  if (port === 0) return null;
  const address = ipaddr.fromByteArray([...bytes.subarray(offset + 1, portAt)]);
  const host = address instanceof ipaddr.IPv6 ? address.toRFC5952String() : address.toString();
  return { endpoint: { host, port }, end };
}
