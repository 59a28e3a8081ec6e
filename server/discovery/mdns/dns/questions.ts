// What is asked of others, and which advert an answer belongs to.
import { isLocalName } from '../../../network/addresses.ts';
import type { Advert } from '../advert-cache.ts';
import { SERVICE, instanceName, labelOf } from './names.ts';
import type { MdnsRecord, PointerRecord, Question } from './packet.ts';

/** Who is there? */
export const QUESTION_FOR_ALL: Question = { name: SERVICE, type: 'PTR' };

/** The answer to it a label gives. @param ttl seconds. */
export function answerFor(label: string, ttl: number): PointerRecord {
  return { name: SERVICE, type: 'PTR', flush: false, ttl, data: instanceName(label) };
}

/** For all parts of one advert. Other senders may name any host; only sound names are asked for. */
export function questionsFor({ label, service }: Advert): Question[] {
  const name = instanceName(label);
  const questions = [
    { name, type: 'SRV' },
    { name, type: 'TXT' },
  ];
  if (!service || !isLocalName(service.host)) return questions;
  return [...questions, { name: service.host, type: 'A' }, { name: service.host, type: 'AAAA' }];
}

/** The label a record is about; null for addresses and for what is not Loom's. */
export function labelIn(record: MdnsRecord): string | null {
  if (record.type === 'PTR') return record.name === SERVICE ? labelOf(record.data) : null;
  return record.type === 'SRV' || record.type === 'TXT' ? labelOf(record.name) : null;
}
