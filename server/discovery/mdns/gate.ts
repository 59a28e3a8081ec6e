// How many packets are looked at in a second, in all and of one source.
import { MAX_PACKETS_PER_SECOND, MAX_PACKETS_PER_SOURCE } from './limits.ts';

export class Gate {
  readonly #now: () => number;
  readonly #bySource = new Map<string, number>();
  #second = -1;
  #admitted = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  admit(source: string): boolean {
    const second = Math.floor(this.#now() / 1000);
    if (second !== this.#second) {
      this.#second = second;
      this.#admitted = 0;
      this.#bySource.clear();
    }
    const fromSource = this.#bySource.get(source) ?? 0;
    if (this.#admitted >= MAX_PACKETS_PER_SECOND || fromSource >= MAX_PACKETS_PER_SOURCE) return false;
    this.#admitted += 1;
    this.#bySource.set(source, fromSource + 1);
    return true;
  }
}
