// What the responder says, as the records it read it from (RFC 6763 §4, §6).
import { isIPv4 } from 'node:net';
import { OWN_TTL_SECONDS } from '../mdns/limits.ts';
import { instanceName } from '../mdns/dns/names.ts';
import type { AddressRecord, MdnsRecord, PointerRecord } from '../mdns/dns/packet.ts';
import { answerFor } from '../mdns/dns/questions.ts';
import type { Resolved } from './parse-reports.ts';

/** The responder keeps the true lifetimes, and says when they end. Ours only bound how often it is asked. */
const HEAD = { ttl: OWN_TTL_SECONDS, flush: true } as const;

export function neighbourRecords(label: string, { host, port, text }: Resolved): MdnsRecord[] {
  const name = instanceName(label);
  return [
    answerFor(label, OWN_TTL_SECONDS),
    { ...HEAD, name, type: 'SRV', data: { port, target: host } },
    { ...HEAD, name, type: 'TXT', data: text },
  ];
}

export function goodbyeRecord(label: string): PointerRecord {
  return answerFor(label, 0);
}

export function addressRecord(host: string, address: string): AddressRecord {
  return { ...HEAD, name: host, type: isIPv4(address) ? 'A' : 'AAAA', data: address };
}
