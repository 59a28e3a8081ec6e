// Shares the event loop among links. What came on one is worked off in slices, each link in its turn, so much in all in one
// turn of the loop, and the rest in later ones: between them sockets, tabs and timers have theirs.
import { RECORDS_PER_LINK, RECORDS_PER_TURN } from '../../../protocol/limits.ts';

export interface Worker {
  /** Works off what comes to about so many records. @returns how many it was, by their cost. */
  work(most: number): number;
  /** Whether there is more that could be worked off now. */
  readonly busy: boolean;
}

export class TurnScheduler {
  /** Whose turn it is, in order. */
  readonly #waiting = new Set<Worker>();
  #left = RECORDS_PER_TURN;
  #working = false;
  #scheduled = false;

  /** There is work: begun at once if this turn has room, and nobody else waits. */
  add(worker: Worker): void {
    this.#waiting.add(worker);
    if (!this.#working) this.#work();
  }

  remove(worker: Worker): void {
    this.#waiting.delete(worker);
  }

  #work(): void {
    this.#working = true;
    try {
      for (const worker of this.#waiting) {
        if (this.#left <= 0) break;
        this.#waiting.delete(worker);
        this.#left -= worker.work(Math.min(RECORDS_PER_LINK, this.#left));
        // Behind all others; a Set that grows is walked to its end.
        if (worker.busy) this.#waiting.add(worker);
      }
    } finally {
      this.#working = false;
    }
    this.#schedule();
  }

  /** The next turn has room again. */
  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#left = RECORDS_PER_TURN;
      if (this.#waiting.size > 0) this.#work();
    });
  }
}
