// What the other side of a link may ask of us (protocol §3, "Bounds on a link"). Before the link is a contact's, so much in
// all. From then on records that say little or nothing come at a bounded rate (`record-weight.ts`).
import {
  SMALL_RECORD_BURST,
  SMALL_RECORDS_PER_SECOND,
  STRANGER_BYTES,
  STRANGER_RECORDS,
} from '../../../protocol/limits.ts';
import { TokenBucket } from '../../../timing/token-bucket.ts';

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
   * @param weight of what was worked off, in records.
   * @returns ms for which nothing more is to be read, 0: go on.
   */
  charge(weight: number, now: number): number {
    if (weight === 0) return 0;
    this.#small.charge(now, weight);
    const wait = this.#small.wait(now);
    return wait === 0 ? 0 : wait + PAUSE_MS;
  }
}
