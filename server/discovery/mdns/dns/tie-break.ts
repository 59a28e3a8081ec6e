// Two hosts probing for one name at once (RFC 6762 §8.2).
import { compare } from '../../../crypto/bytes.ts';
import { encodedData } from './packet.ts';
import type { MdnsRecord } from './packet.ts';

const TYPE_NUMBER: Record<MdnsRecord['type'], number> = { A: 1, PTR: 12, TXT: 16, AAAA: 28, SRV: 33 };

/**
 * Compares what both propose for a name, sorted by type and data, byte by byte; the later one wins.
 * @returns negative when ours is earlier and must wait, 0 when both say the same.
 */
export function compareProposals(ours: readonly MdnsRecord[], theirs: readonly MdnsRecord[]): number {
  const a = ours.map(sortable).toSorted(compare);
  const b = theirs.map(sortable).toSorted(compare);
  for (const [i, record] of a.entries()) {
    const other = b[i];
    if (!other) return 1;
    const order = compare(record, other);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

/** All our records are of class IN, so type and data decide. */
function sortable(record: MdnsRecord): Buffer {
  return Buffer.concat([Buffer.of(0, TYPE_NUMBER[record.type]), encodedData(record)]);
}
