// What the other side of a link owes us: an answer to every envelope and every PING. When none comes for a while, the
// link is suspected to be dead. It may recover: on a network that was cut, TCP waits longer and longer before it tries again.
import { LINK_DEAD_AFTER_MS, MESSAGE_ID_BYTES } from '../../protocol/limits.ts';
import { RECORD, type LinkRecord } from '../../protocol/records.ts';
import type { Clock } from '../../timing/clock.ts';

/** What is asked is answered within this on any network in order. */
export const SUSPECT_AFTER_MS = 2_000;

/** No longer than silence alone is borne. */
export const SUSPECT_AFTER_LONGEST_MS = LINK_DEAD_AFTER_MS;

export class ResponseTimer {
  /** ms that an answer may take. */
  responseTimeout = SUSPECT_AFTER_MS;
  readonly #clock: Clock;
  readonly #onChange: (suspect: boolean) => void;
  #owed = 0;
  #suspect = false;
  #cancel: () => void = () => undefined;

  /** @param onChange the link is suspected to be dead, or no longer. */
  constructor(clock: Clock, onChange: (suspect: boolean) => void) {
    this.#clock = clock;
    this.#onChange = onChange;
  }

  /** Answers. */
  get owed(): number {
    return this.#owed;
  }

  get suspect(): boolean {
    return this.#suspect;
  }

  /** The first that is owed starts the time. */
  sent(type: number): void {
    if (type !== RECORD.envelope && type !== RECORD.ping) return;
    this.#owed += 1;
    if (this.#owed === 1) this.#wait();
  }

  received({ type, body }: LinkRecord): void {
    if (type === RECORD.pong || type === RECORD.nack) this.#owed -= 1;
    else if (type === RECORD.ack) this.#owed -= body.length / MESSAGE_ID_BYTES;
    // They may say the same twice.
    this.#owed = Math.max(0, this.#owed);
  }

  /** Any sign of life starts the time anew. */
  heard(): void {
    this.#cancel();
    if (this.#owed > 0) this.#wait();
    if (!this.#suspect) return;
    this.#suspect = false;
    this.#onChange(false);
  }

  /** Nothing will be answered any more. */
  close(): void {
    this.#owed = 0;
    this.#suspect = false;
    this.#cancel();
  }

  #wait(): void {
    this.#cancel = this.#clock.after(this.responseTimeout, () => {
      this.#suspect = true;
      this.#onChange(true);
    });
  }
}
