// A clock that stands still until told: `advance` runs what falls due, in order.
import type { Clock } from '../timing/clock.ts';

interface Timer {
  readonly due: number;
  readonly action: () => void;
}

export class FakeClock implements Clock {
  #now: number;
  #elapsed = 0;
  readonly #timers = new Set<Timer>();

  constructor(now = 1_800_000_000_000) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  monotonic(): number {
    return this.#elapsed;
  }

  after(ms: number, action: () => void): () => void {
    const timer = { due: this.#elapsed + Math.max(0, ms), action };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** Lets `ms` pass; timers set on the way run too when they fall due. */
  advance(ms: number): void {
    const end = this.#elapsed + ms;
    for (let next = this.#next(end); next; next = this.#next(end)) {
      this.#timers.delete(next);
      this.#pass(next.due - this.#elapsed);
      next.action();
    }
    this.#pass(end - this.#elapsed);
  }

  /** Moves the wall clock alone, as a person or NTP does. */
  jump(ms: number): void {
    this.#now += ms;
  }

  #pass(ms: number): void {
    this.#elapsed += ms;
    this.#now += ms;
  }

  #next(end: number): Timer | undefined {
    let first: Timer | undefined;
    for (const timer of this.#timers) if (timer.due <= end && (!first || timer.due < first.due)) first = timer;
    return first;
  }
}
