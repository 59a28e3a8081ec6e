// Something that happens in a part, for parts that are made after it.

export class Signal<Args extends readonly unknown[] = []> {
  readonly #listeners: ((...args: Args) => void)[] = [];

  /** Called each time from now on, in the order in which they were added. */
  on(listener: (...args: Args) => void): void {
    this.#listeners.push(listener);
  }

  emit(...args: Args): void {
    for (const listener of this.#listeners) listener(...args);
  }
}
