// What may be believed of what is said under a label. Anybody can say anything under any; but what hints cover, only its
// sender can make anew, and the rest counts for a contact's advert only where its sender seems to speak.
import { clockDifference } from '../hint.ts';
import type { PresenceClaim, Verdict } from '../presence.ts';
import type { Advert } from './advert-cache.ts';
import { isSender } from './found-addresses.ts';
import { hostName } from './dns/names.ts';
import type { MdnsRecord } from './dns/packet.ts';
import { parseText } from './dns/txt-record.ts';

/** What an advert becomes by a record. */
export function changedBy(
  { service, text }: Advert,
  record: Extract<MdnsRecord, { type: 'SRV' | 'TXT' }>,
): Pick<Advert, 'service' | 'text'> {
  if (record.type === 'TXT') return { service, text: parseText(record.data) };
  const { port, target } = record.data;
  return { service: { host: target, port }, text };
}

/** What a complete advert says of its sender. */
export function claimOf({ label, service, text }: Pick<Advert, 'label' | 'service' | 'text'>): PresenceClaim | null {
  return service && text ? { ...text, label, port: service.port } : null;
}

/** Whether a contact's advert may name this host: the usual one, or any when they say so themselves. */
export function mayMove(advert: Advert, next: Advert['service'], source: string): boolean {
  const host = next?.host;
  return host === advert.service?.host || host === hostName(advert.label) || isSender(advert, source);
}

/** Whether it is the same contact's, and not of earlier than what is known; only a clock that was set right goes back. */
export function isLater({ contact, quarter, ahead }: Advert, verdict: Verdict, now: number): boolean {
  if (verdict.kind !== 'contact' || verdict.contact !== contact) return false;
  return verdict.quarter >= quarter || (ahead !== 0 && clockDifference(verdict.quarter, now) === 0);
}
