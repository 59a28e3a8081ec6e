// Time as discovery needs it; the engine's clock fits. Nothing here may import the engine.

export interface TimerClock {
  /** ms since 1970; may jump either way. */
  now(): number;
  /** Runs `action` once after `ms`. @returns a function that cancels it. */
  after(ms: number, action: () => void): () => void;
}

/** Timers that end together, with their owner. */
export class TimerGroup {
  readonly #clock: TimerClock;
  readonly #cancels = new Set<() => void>();

  constructor(clock: TimerClock) {
    this.#clock = clock;
  }

  after(ms: number, action: () => void): () => void {
    const cancel = this.#clock.after(ms, () => {
      this.#cancels.delete(cancel);
      action();
    });
    this.#cancels.add(cancel);
    return () => {
      this.#cancels.delete(cancel);
      cancel();
    };
  }

  clear(): void {
    for (const cancel of this.#cancels) cancel();
    this.#cancels.clear();
  }
}

/** Whole milliseconds in [low, high], for the delays that keep hosts from speaking at once. */
export function randomBetween(random: (length: number) => Uint8Array, low: number, high: number): number {
  const [first = 0, second = 0] = random(2);
  return low + Math.floor((((first << 8) | second) / 65_536) * (high - low + 1));
}
