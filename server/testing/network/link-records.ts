// The records of a real link, between its reading and the part that takes them.
import type { Link } from '../../engine/links/link.ts';
import type { LinkPhase } from '../../engine/links/link-phase.ts';
import type { LinkRecord } from '../../protocol/records.ts';

type Reading = Extract<LinkPhase, { onRecord: unknown }>;

/** Tells `heard` of each record that comes in the phase the link is in, before its owner has it. */
export function tapRecords(link: Link, heard: (record: LinkRecord) => void): void {
  const phase = readingPhase(link);
  const { onRecord } = phase;
  Reflect.set(phase, 'onRecord', (record: LinkRecord) => {
    heard(record);
    onRecord(record);
  });
}

/** As if this record had come. */
export function giveRecord(link: Link, record: LinkRecord): void {
  readingPhase(link).onRecord(record);
}

function readingPhase({ phase }: Link): Reading {
  if (!phase || !('onRecord' in phase)) throw new Error('nobody reads this link');
  return phase;
}
