// Something that others make happen, and that shall not happen more often than so: the first time at once, and once more
// for all that came meanwhile.
import type { Clock } from './clock.ts';

export class Throttle {
  readonly #clock: Pick<Clock, 'monotonic' | 'after'>;
  readonly #gap: number;
  readonly #action: () => void;
  #last = -Infinity;
  #cancel: (() => void) | null = null;

  /** @param gap ms from one time to the next. */
  constructor(clock: Pick<Clock, 'monotonic' | 'after'>, gap: number, action: () => void) {
    this.#clock = clock;
    this.#gap = gap;
    this.#action = action;
  }

  /** There is something to be done: now, or when it is time again. */
  due(): void {
    if (this.#cancel) return;
    const rest = this.#last + this.#gap - this.#clock.monotonic();
    if (rest > 0) this.#cancel = this.#clock.after(rest, () => this.#run());
    else this.#run();
  }

  /** What waits is not done. */
  stop(): void {
    this.#cancel?.();
    this.#cancel = null;
  }

  #run(): void {
    this.#cancel = null;
    this.#last = this.#clock.monotonic();
    this.#action();
  }
}
