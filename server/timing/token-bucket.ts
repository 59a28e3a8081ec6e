// A token bucket: how often something may happen, with bursts.

/** Refilled at the allowed rate, holding at most a burst. */
export class TokenBucket {
  readonly #rate: number;
  readonly #burst: number;
  #tokens: number;
  #at: number;

  /** @param rate a second. */
  constructor(rate: number, burst: number, now: number) {
    this.#rate = rate;
    this.#burst = burst;
    this.#tokens = burst;
    this.#at = now;
  }

  /** @param now ms, monotonic. @returns whether it might happen now; it does not count. */
  has(now: number): boolean {
    return this.#tokensAt(now) >= 1;
  }

  /** @param now ms, monotonic. @returns whether it may happen now; then it counts. */
  spend(now: number): boolean {
    if (!this.has(now)) return false;
    this.charge(now, 1);
    return true;
  }

  /** It has happened, whether it may or not: what is missing is made up for before anything else may. */
  charge(now: number, tokens: number): void {
    this.#tokens = this.#tokensAt(now) - tokens;
    this.#at = now;
  }

  /** @returns ms until `spend` may succeed, 0 when it may now. */
  wait(now: number): number {
    return Math.max(0, ((1 - this.#tokensAt(now)) / this.#rate) * 1000);
  }

  /** Nothing may happen before the next one is refilled. @param now ms, monotonic. */
  drain(now: number): void {
    this.#tokens = 0;
    this.#at = now;
  }

  #tokensAt(now: number): number {
    return Math.min(this.#burst, this.#tokens + ((now - this.#at) / 1000) * this.#rate);
  }
}
