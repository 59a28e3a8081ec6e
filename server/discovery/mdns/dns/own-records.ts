// What one announced name says: the records of a label on one adapter (RFC 6763 §4, §6; RFC 6762 §5.4, §10).
import { isIPv4 } from 'node:net';
import type { Adapter } from '../../../network/adapters.ts';
import { OWN_TTL_SECONDS } from '../limits.ts';
import { SERVICE, SERVICE_TYPES, hostName, instanceName } from './names.ts';
import type { MdnsRecord, PointerRecord } from './packet.ts';
import { answerFor } from './questions.ts';

export interface OwnService {
  readonly label: string;
  /** TCP. */
  readonly port: number;
  /** The TXT record's strings. */
  readonly text: readonly Buffer[];
}

/** Shared with everyone who offers the service. */
export function pointerRecord({ label }: OwnService): PointerRecord {
  return answerFor(label, OWN_TTL_SECONDS);
}

/** Said only to those who ask what types of service there are. */
export const serviceTypeRecord: PointerRecord = {
  name: SERVICE_TYPES,
  type: 'PTR',
  ttl: OWN_TTL_SECONDS,
  flush: false,
  data: SERVICE,
};

export function textRecord({ label, text }: OwnService): MdnsRecord {
  return { name: instanceName(label), type: 'TXT', ttl: OWN_TTL_SECONDS, flush: true, data: text };
}

/** SRV, TXT and the adapter's own addresses, no others: what is said on a link must be reachable on it. */
export function uniqueRecords(service: OwnService, adapter: Adapter): MdnsRecord[] {
  const host = hostName(service.label);
  const head = { ttl: OWN_TTL_SECONDS, flush: true } as const;
  return [
    { ...head, name: instanceName(service.label), type: 'SRV', data: { port: service.port, target: host } },
    textRecord(service),
    ...adapter.addresses.map((address): MdnsRecord => ({
      ...head,
      name: host,
      type: isIPv4(address) ? 'A' : 'AAAA',
      data: address,
    })),
  ];
}

export function goodbye(record: MdnsRecord): MdnsRecord {
  return { ...record, ttl: 0 };
}
