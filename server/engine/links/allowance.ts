// What the other side of a link may ask of us (protocol §3, "Bounds on a link"). Before the link is a contact's, so much in
// all. From then on records that say little or nothing come at a bounded rate: an envelope is worth its work, and an answer
// that is owed was asked for.
import {
  BYTES_PER_RECORD,
  MESSAGE_ID_BYTES,
  SMALL_RECORD_BURST,
  SMALL_RECORDS_PER_SECOND,
  STRANGER_BYTES,
  STRANGER_RECORDS,
} from '../../protocol/limits.ts';
import { RECORD, type LinkRecord } from '../../protocol/records.ts';
import { TokenBucket } from '../../timing/token-bucket.ts';

/** Of what came over the rate, so much is made up for at once, ms: a timer for each record would cost more than the record. */
const PAUSE_MS = 100;

export class Allowance {
  readonly #small: TokenBucket;
  #records = 0;
  #trusted = false;

  /** @param now ms, monotonic. */
  constructor(now: number) {
    this.#small = new TokenBucket(SMALL_RECORDS_PER_SECOND, SMALL_RECORD_BURST, now);
  }

  /** The link is a contact's. */
  trust(): void {
    this.#trusted = true;
  }

  /** One more has come. @returns false when that is one too many: the link is to be closed. */
  count(): boolean {
    this.#records += 1;
    return this.#trusted || this.#records <= STRANGER_RECORDS;
  }

  /** @param bytes that came in all. @returns false when that is too much. */
  holds(bytes: number): boolean {
    return this.#trusted || bytes <= STRANGER_BYTES;
  }

  /**
   * @param record null: work that carried nothing. @param owed answers that are owed to us, before this one.
   * @returns ms for which nothing more is to be read, 0: go on.
   */
  charge(record: LinkRecord | null, owed: number, now: number): number {
    const tokens = record ? tokensOf(record, owed) : 1;
    if (tokens === 0) return 0;
    this.#small.charge(now, tokens);
    const wait = this.#small.wait(now);
    return wait === 0 ? 0 : wait + PAUSE_MS;
  }
}

function tokensOf({ type, body }: LinkRecord, owed: number): number {
  if (type === RECORD.envelope) return 0;
  if (type === RECORD.ack) return Math.max(0, body.length / MESSAGE_ID_BYTES - owed);
  if (type === RECORD.pong || type === RECORD.nack) return owed > 0 ? 0 : 1;
  return 1 + body.length / BYTES_PER_RECORD;
}

/** What it costs to work a record off, in records: long ones and many acknowledgements at once are more than one. */
export function costOf({ type, body }: LinkRecord): number {
  if (type === RECORD.ack) return 1 + body.length / MESSAGE_ID_BYTES;
  return 1 + body.length / BYTES_PER_RECORD;
}
