// The clock of one process of a Loom under test.
import type { Clock } from '../timing/clock.ts';
import type { FakeClock } from './fake-clock.ts';

/** The clock of one process: its wall clock may be wrong, and its timers end with it. */
export class ProcessClock implements Clock {
  readonly #clock: FakeClock;
  readonly #wrongBy: () => number;
  readonly #cancels = new Set<() => void>();

  constructor(clock: FakeClock, wrongBy: () => number) {
    this.#clock = clock;
    this.#wrongBy = wrongBy;
  }

  now(): number {
    return this.#clock.now() + this.#wrongBy();
  }

  monotonic(): number {
    return this.#clock.monotonic();
  }

  after(ms: number, action: () => void): () => void {
    const cancel = (): void => {
      stop();
      this.#cancels.delete(cancel);
    };
    const stop = this.#clock.after(ms, () => {
      this.#cancels.delete(cancel);
      action();
    });
    this.#cancels.add(cancel);
    return cancel;
  }

  end(): void {
    for (const cancel of [...this.#cancels]) cancel();
  }
}
