// What a link is about to say, in two lanes. Control and chat: all records of one turn leave as one flush, and
// acknowledgements share records. Bulk: behind them, a piece at a time, so that what is said next waits for little. Records
// are encrypted as they are written, never before: the order on the wire is the order of the cipher's counter.
import { ACK_IDS, RECORD_HEADER_BYTES } from '../../../protocol/limits.ts';
import { encodeAck, RECORD, type LinkRecord } from '../../../protocol/records.ts';

/** Bulk is written while less than this waits for the network: with one piece more it is all that chat has to wait for. */
const BULK_WINDOW_BYTES = 64 * 1024;

/** Bulk written as one flush. */
const BULK_PIECE_BYTES = 64 * 1024;

/** Bulk that waits here at most: some pieces ahead of the network, and little memory for each link. */
export const BULK_QUEUE_BYTES = 256 * 1024;

/** After so much chat a piece of bulk goes whatever waits for the network: a fifth of what is written at least is bulk's. */
export const BULK_TURN_BYTES = 256 * 1024;

export interface OutgoingOptions {
  /** Encrypts and writes; called with one record at least. */
  readonly write: (records: readonly LinkRecord[]) => void;
  /** Bytes written that the network has not taken yet. */
  readonly backlog: () => number;
  /** The bulk lane turned somebody away, and has room again. */
  readonly onRoom: () => void;
}

export class Outgoing {
  readonly #options: OutgoingOptions;
  #records: LinkRecord[] = [];
  readonly #acks: Uint8Array[] = [];
  #bulk: LinkRecord[] = [];
  #bulkBytes = 0;
  /** Of chat, since bulk went last. */
  #overtaken = 0;
  #refused = false;
  #scheduled = false;

  constructor(options: OutgoingOptions) {
    this.#options = options;
  }

  add(record: LinkRecord): void {
    this.#records.push(record);
    this.#schedule();
  }

  acknowledge(messageId: Uint8Array): void {
    this.#acks.push(messageId);
    this.#schedule();
  }

  /** @returns false when there is no room for it. @throws Error when it is longer than a piece. */
  addBulk(record: LinkRecord): boolean {
    const bytes = sizeOf(record);
    if (bytes > BULK_PIECE_BYTES) throw new Error('bulk goes in pieces');
    if (this.#bulkBytes + bytes > BULK_QUEUE_BYTES) {
      this.#refused = true;
      return false;
    }
    this.#bulk.push(record);
    this.#bulkBytes += bytes;
    this.#schedule();
    return true;
  }

  /** Writes what is to be said now, then bulk as far as there is room. */
  flush(): void {
    this.#flushChat();
    this.#flushBulk();
  }

  /** What was to be said goes, and this last; bulk does not. */
  end(last: LinkRecord): void {
    this.#gather();
    this.#records.push(last);
    this.#bulk = [];
    this.#flushChat();
  }

  /** Acknowledgements take their places among the records. */
  #gather(): void {
    while (this.#acks.length > 0)
      this.#records.push({ type: RECORD.ack, body: encodeAck(this.#acks.splice(0, ACK_IDS)) });
  }

  #flushChat(): void {
    this.#gather();
    if (this.#records.length === 0) return;
    const records = this.#records;
    this.#records = [];
    if (this.#bulk.length > 0) this.#overtaken += records.reduce((sum, record) => sum + sizeOf(record), 0);
    this.#options.write(records);
  }

  #flushBulk(): void {
    while (this.#bulk.length > 0 && this.#isBulksTurn) this.#options.write(this.#takePiece());
    if (!this.#refused || this.#bulkBytes > BULK_QUEUE_BYTES / 2) return;
    this.#refused = false;
    this.#options.onRoom();
  }

  get #isBulksTurn(): boolean {
    return this.#options.backlog() < BULK_WINDOW_BYTES || this.#overtaken >= BULK_TURN_BYTES;
  }

  #takePiece(): LinkRecord[] {
    let [count, bytes] = [0, 0];
    for (const record of this.#bulk) {
      if (bytes + sizeOf(record) > BULK_PIECE_BYTES) break;
      count += 1;
      bytes += sizeOf(record);
    }
    this.#bulkBytes -= bytes;
    this.#overtaken = 0;
    return this.#bulk.splice(0, count);
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    // After every promise that this turn's commit has settled: their records share one flush.
    process.nextTick(() => {
      this.#scheduled = false;
      this.flush();
    });
  }
}

function sizeOf({ body }: LinkRecord): number {
  return RECORD_HEADER_BYTES + body.length;
}
