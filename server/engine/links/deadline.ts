// By when something must be done, counted from the beginning of it; the time given may change on the way.
import type { Clock } from '../../timing/clock.ts';

export class Deadline {
  readonly #clock: Clock;
  readonly #onOver: () => void;
  readonly #begun: number;
  #cancel: () => void = () => undefined;

  constructor(clock: Clock, onOver: () => void) {
    this.#clock = clock;
    this.#onOver = onOver;
    this.#begun = clock.monotonic();
  }

  /** @param ms from the beginning. */
  set(ms: number): void {
    this.#cancel();
    this.#cancel = this.#clock.after(this.#begun + ms - this.#clock.monotonic(), this.#onOver);
  }

  clear(): void {
    this.#cancel();
  }
}
