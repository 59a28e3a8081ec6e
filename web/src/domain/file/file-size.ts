// How large a file is, and how long the rest of it takes, as people read it.

const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'] as const;

/** Three digits, in powers of 1,000 as file managers count. @param number formats it. */
export function fileSize(bytes: number, number: (value: number) => string): string {
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const digits = unit === 0 || value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
  return `${number(Number(value.toFixed(digits)))} ${units[unit] ?? ''}`;
}

/** In percent, whole; 100 only for all of it. */
export function percentOf(received: number, size: number): number {
  return size === 0 ? 0 : Math.floor((received / size) * 100);
}

/** How fast something grows: over the last few seconds, so that it neither jumps nor lags. */
export class Rate {
  readonly #points: { readonly at: number; readonly value: number }[] = [];

  /** @param at ms. @returns units a second; null: not known yet. */
  note(value: number, at: number): number | null {
    this.#points.push({ at, value });
    while ((this.#points[0]?.at ?? at) < at - 5000) this.#points.shift();
    const [first] = this.#points;
    if (!first || at - first.at < 500 || value <= first.value) return null;
    return ((value - first.value) * 1000) / (at - first.at);
  }
}
