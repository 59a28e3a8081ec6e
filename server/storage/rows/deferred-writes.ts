// Writes of one transaction that each later one of their kind makes void: a ratchet state or a counter changes with every
// message, and only the last one before the commit need be sealed and written. What a work that is undone has put off
// goes with it; what works before it have put off stays.
import type { Value } from './row.ts';

export interface DeferredWrite {
  readonly sql: string;
  /** Asked when it is written, perhaps more than once. */
  readonly values: () => readonly Value[];
}

export class DeferredWrites {
  readonly #kept = new Map<string, DeferredWrite>();
  /** Of the work that runs; null: what was put off under this key is not to be written. */
  readonly #own = new Map<string, DeferredWrite | null>();

  /** In place of any earlier one of this key. */
  put(key: string, write: DeferredWrite): void {
    this.#own.set(key, write);
  }

  /** Nothing that was put off under keys which begin so is written. */
  cancel(prefix: string): void {
    for (const key of [...this.#kept.keys(), ...this.#own.keys()]) if (key.startsWith(prefix)) this.#own.set(key, null);
  }

  /** The work that ran stays. */
  keep(): void {
    for (const [key, write] of this.#own) {
      if (write) this.#kept.set(key, write);
      else this.#kept.delete(key);
    }
    this.#own.clear();
  }

  /** The work that ran is undone. */
  drop(): void {
    this.#own.clear();
  }

  clear(): void {
    this.#kept.clear();
    this.#own.clear();
  }

  /** All that is to be written, as the work that runs sees it. */
  pending(): DeferredWrite[] {
    if (this.#own.size === 0) return [...this.#kept.values()];
    return [...new Map([...this.#kept, ...this.#own]).values()].filter((write) => write !== null);
  }
}
