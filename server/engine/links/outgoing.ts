// What a link is about to say: all records of one turn leave as one flush, and acknowledgements share records.
import { ACK_IDS } from '../../protocol/limits.ts';
import { encodeAck, RECORD, type LinkRecord } from '../../protocol/records.ts';

export class Outgoing {
  readonly #write: (records: readonly LinkRecord[]) => void;
  #records: LinkRecord[] = [];
  readonly #acks: Uint8Array[] = [];
  #scheduled = false;

  /** @param write called with one record at least. */
  constructor(write: (records: readonly LinkRecord[]) => void) {
    this.#write = write;
  }

  add(record: LinkRecord): void {
    this.#records.push(record);
    this.#schedule();
  }

  acknowledge(messageId: Uint8Array): void {
    this.#acks.push(messageId);
    this.#schedule();
  }

  /** Acknowledgements take their places among the records. */
  gather(): void {
    while (this.#acks.length > 0)
      this.#records.push({ type: RECORD.ack, body: encodeAck(this.#acks.splice(0, ACK_IDS)) });
  }

  flush(): void {
    this.gather();
    if (this.#records.length === 0) return;
    const records = this.#records;
    this.#records = [];
    this.#write(records);
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
