// Many changes in a row, told as one: what is told a little later has all of them in it.
import type { Clock } from './clock.ts';

/** Changes within this time are told together: too short to be seen, long enough for hundreds that come at once. */
const GATHER_MS = 25;

export class Coalescer {
  readonly #clock: Clock;
  readonly #tell: () => void;
  #cancel: (() => void) | null = null;
  #stopped = false;

  constructor(clock: Clock, tell: () => void) {
    this.#clock = clock;
    this.#tell = tell;
  }

  /** Something has changed. */
  changed(): void {
    if (this.#stopped) return;
    this.#cancel ??= this.#clock.after(GATHER_MS, () => {
      this.#cancel = null;
      this.#tell();
    });
  }

  /** Nothing is told any more. */
  stop(): void {
    this.#stopped = true;
    this.#cancel?.();
  }
}
