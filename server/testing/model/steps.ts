// What one person did to one thing, one after the other, while their process may die over any of it.

/** `stored`: the command said so. `unknown`: the process died over it. */
export type Fate = 'stored' | 'unknown';

/** Something is asked for; if neither is called, nobody knows whether it came about. */
export interface Asked {
  readonly stored: () => void;
  readonly refused: () => void;
}

export class Steps<T> {
  #steps: readonly { readonly value: T; fate: Fate }[];

  /** @param first before anything is done. */
  constructor(first: T) {
    this.#steps = [{ value: first, fate: 'stored' }];
  }

  /** Said before the command is given. */
  asked(value: T): Asked {
    const step: { value: T; fate: Fate } = { value, fate: 'unknown' };
    this.#steps = [...this.#steps, step];
    return {
      stored: () => (step.fate = 'stored'),
      refused: () => (this.#steps = this.#steps.filter((each) => each !== step)),
    };
  }

  /** It may be so in the end: the last that was stored, or one asked for since. */
  allows(value: T): boolean {
    const last = this.#steps.findLastIndex(({ fate }) => fate === 'stored');
    return this.#steps.slice(last).some((step) => step.value === value);
  }
}
