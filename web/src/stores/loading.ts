/**
 * Loading everything, until it was: a cut line, or a lock in between, leaves a part of it out, though events may have come
 * that only the rest would show. The line may then come back with nothing missed.
 */
export class Loading {
  readonly #load: () => Promise<void>;
  /** The last one did not get to its end. */
  #isStale = false;
  #begun = 0;

  constructor(load: () => Promise<void>) {
    this.#load = load;
  }

  /** From the beginning; of one that is under way it no longer matters how it ends. */
  begin(): void {
    this.#isStale = false;
    this.#begun += 1;
    const own = this.#begun;
    this.#load().catch(() => {
      if (own === this.#begun) this.#isStale = true;
    });
  }

  /** The line is open again: what was left out is loaded. */
  resume(): void {
    if (this.#isStale) this.begin();
  }
}
