// What the responder hands over is what the network said: checked here, once.
import { isIP } from 'node:net';
import { isLocalName } from '../../network/addresses.ts';
import { MAX_PACKET_BYTES } from '../mdns/limits.ts';
import { isLabel } from '../presence.ts';
import { DOMAIN } from './dns-sd.ts';
import type { Report } from './child-protocol.ts';

/** A service that is listed on one adapter. */
export interface Listed {
  readonly label: string;
  /** The adapter's, as in a link-local address. */
  readonly scope: string;
}

/** What stands behind its name. */
export interface Resolved {
  /** A `.local` name in lower case, without the root's dot. */
  readonly host: string;
  readonly port: number;
  /** The TXT record's strings. */
  readonly text: readonly Buffer[];
}

export interface HostAddress {
  /** An IP address without scope. */
  readonly address: string;
  readonly scope: string;
}

/** @returns null for what no Loom would be called, and for what is not of this link. */
export function readListed({ name, scope, domain }: Report['data']): Listed | null {
  if (typeof name !== 'string' || !isLabel(name) || domain !== DOMAIN || typeof scope !== 'string') return null;
  return { label: name, scope };
}

/** @returns null for anything that cannot be dialled, or is no TXT record. */
export function readResolved({ host, port, text }: Report['data']): Resolved | null {
  if (typeof host !== 'string' || !isPort(port) || typeof text !== 'string') return null;
  const name = host.replace(/\.$/, '').toLowerCase();
  const strings = readStrings(Buffer.from(text, 'base64'));
  return isLocalName(name) && strings ? { host: name, port, text: strings } : null;
}

export function readAddress({ scope, address }: Report['data']): HostAddress | null {
  if (typeof scope !== 'string' || typeof address !== 'string') return null;
  const bare = address.replace(/%.*$/, '');
  return isIP(bare) === 0 ? null : { address: bare, scope };
}

/** As `readStrings` takes it. Each string stands behind its length (RFC 1035 §3.3.14). */
export function writeStrings(strings: readonly Buffer[]): string {
  const bytes = Buffer.concat(strings.flatMap((string) => [Buffer.from([string.length]), string]));
  return bytes.toString('base64');
}

function readStrings(text: Buffer): Buffer[] | null {
  if (text.length > MAX_PACKET_BYTES) return null;
  const strings: Buffer[] = [];
  let offset = 0;
  while (offset < text.length) {
    const end = offset + 1 + text.readUInt8(offset);
    if (end > text.length) return null;
    strings.push(Buffer.from(text.subarray(offset + 1, end)));
    offset = end;
  }
  return strings;
}

function isPort(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) > 0 && Number(value) <= 65_535;
}
