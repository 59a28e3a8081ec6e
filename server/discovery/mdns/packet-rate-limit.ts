// How many packets are looked at in a second, in all and of one source, and how many bytes.
import { MAX_BYTES_PER_SECOND, MAX_PACKETS_PER_SECOND, MAX_PACKETS_PER_SOURCE } from './limits.ts';

export class PacketRateLimit {
  readonly #now: () => number;
  readonly #bySource = new Map<string, number>();
  #second = -1;
  #admitted = 0;
  #bytes = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  admit(source: string, bytes: number): boolean {
    const second = Math.floor(this.#now() / 1000);
    if (second !== this.#second) {
      this.#second = second;
      this.#admitted = 0;
      this.#bytes = 0;
      this.#bySource.clear();
    }
    const fromSource = this.#bySource.get(source) ?? 0;
    if (this.#admitted >= MAX_PACKETS_PER_SECOND || fromSource >= MAX_PACKETS_PER_SOURCE) return false;
    if (this.#bytes + bytes > MAX_BYTES_PER_SECOND) return false;
    this.#admitted += 1;
    this.#bytes += bytes;
    this.#bySource.set(source, fromSource + 1);
    return true;
  }
}
