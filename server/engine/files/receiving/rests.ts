// When a file that has broken off, or does not come, may be asked for again: at once where that helps, later where it does not, so
// that one that never comes leaves its place to others.
import type { Clock } from '../../../timing/clock.ts';
import type { LiveTransfer } from '../transfers.ts';

/** After nothing came the second time in a row; twice as long each time, up to the other. */
const SILENT_MS = 20_000;
const SILENT_LONGEST_MS = 320_000;

export class Rests {
  readonly #clock: Clock;
  readonly #onOver: () => void;
  /** Because it broke off, and because nothing came; by the monotonic clock, ms. */
  readonly #broken = new WeakMap<LiveTransfer, number>();
  readonly #mute = new WeakMap<LiveTransfer, number>();
  /** In a row. */
  readonly #silences = new WeakMap<LiveTransfer, number>();
  readonly #timers = new Set<() => void>();

  /** @param onOver something may be asked for again. */
  constructor(clock: Clock, onOver: () => void) {
    this.#clock = clock;
    this.#onOver = onOver;
  }

  stop(): void {
    for (const cancel of this.#timers) cancel();
    this.#timers.clear();
  }

  /** It broke off. */
  rest(live: LiveTransfer, ms: number): void {
    this.#rest(this.#broken, live, ms);
  }

  /** It was asked for, and nothing came. The first time that may be chance. */
  silent(live: LiveTransfer): void {
    const before = this.#silences.get(live) ?? 0;
    this.#silences.set(live, before + 1);
    if (before > 0) this.#rest(this.#mute, live, Math.min(SILENT_LONGEST_MS, SILENT_MS * 2 ** (before - 1)));
  }

  /** It comes. */
  heard(live: LiveTransfer): void {
    this.#silences.delete(live);
  }

  /** There is a link for it again, which a mute one may have asked for itself. */
  linked(live: LiveTransfer): void {
    this.#broken.delete(live);
  }

  /** There is a reason to ask at once. */
  end(live: LiveTransfer): void {
    this.#broken.delete(live);
    this.#mute.delete(live);
    this.#silences.delete(live);
  }

  isResting(live: LiveTransfer): boolean {
    return Math.max(this.#broken.get(live) ?? 0, this.#mute.get(live) ?? 0) > this.#clock.monotonic();
  }

  #rest(until: WeakMap<LiveTransfer, number>, live: LiveTransfer, ms: number): void {
    until.set(live, this.#clock.monotonic() + ms);
    const cancel = this.#clock.after(ms, () => {
      this.#timers.delete(cancel);
      this.#onOver();
    });
    this.#timers.add(cancel);
  }
}
