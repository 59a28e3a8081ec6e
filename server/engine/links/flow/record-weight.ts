// What a record counts towards the rate at which a link may bring them (SPEC §3, "Bounds on a link"). An envelope is worth
// its work, and an answer that is owed was asked for; everything else counts.
import { BYTES_PER_RECORD, MESSAGE_ID_BYTES } from '../../../protocol/limits.ts';
import { RECORD, type LinkRecord } from '../../../protocol/records.ts';

/** @param owed answers that the other side owes us, before this record. @returns records that it counts for, 0 or more. */
export type Weight = (body: Uint8Array, owed: number) => number;

/** What all count that say nothing else. */
export const smallRecord: Weight = (body) => 1 + body.length / BYTES_PER_RECORD;

/** Worth its work. */
export const weightless: Weight = () => 0;

/** The answer to one thing. */
export const answer: Weight = (_, owed) => (owed > 0 ? 0 : 1);

/** Message ids, each of them an answer. */
export const acknowledgement: Weight = (body, owed) => Math.max(0, body.length / MESSAGE_ID_BYTES - owed);

/** What it costs to work a record off, in records: long ones and many acknowledgements at once are more than one. */
export function costOf({ type, body }: LinkRecord): number {
  if (type === RECORD.ack) return 1 + body.length / MESSAGE_ID_BYTES;
  return 1 + body.length / BYTES_PER_RECORD;
}
