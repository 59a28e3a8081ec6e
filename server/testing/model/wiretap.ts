// Somebody on the wire between the Looms of a model run: sends again what came, and keeps envelopes back to give them in
// another order.
import { toHex } from '../../crypto/bytes.ts';
import { RECORD } from '../../protocol/records.ts';
import { keyOf, type Citizen, type Citizens } from './citizens.ts';

/** Envelopes of each direction that can be sent again. */
const REPLAYED = 1000;

export class Wiretap {
  readonly #citizens: Citizens;
  readonly #random: (length: number) => Uint8Array;
  /** Sends what is kept back, by direction. */
  readonly #kept = new Map<string, () => void>();

  constructor(citizens: Citizens, random: (length: number) => Uint8Array) {
    this.#citizens = citizens;
    this.#random = random;
  }

  /** Gives all that is kept back. */
  release(): void {
    for (const give of this.#kept.values()) give();
    this.#kept.clear();
  }

  /** What is kept of a process that was killed is lost with its links. */
  lose(citizen: Citizen): void {
    for (const other of this.#citizens.all)
      for (const key of [keyOf(citizen, other), keyOf(other, citizen)]) this.#kept.delete(key);
  }

  replay(from: Citizen, to: Citizen, count: number): void {
    const came = this.#citizens.cameFrom(from, to);
    const link = this.#citizens.activeLinkOf(from, to)?.link;
    for (const body of came.slice(-count)) link?.send(RECORD.envelope, body);
    came.splice(0, came.length - REPLAYED);
  }

  keep(from: Citizen, to: Citizen, count: number): void {
    const link = this.#citizens.activeLinkOf(from, to)?.link;
    const key = keyOf(from, to);
    // Nothing says that what comes before the first message is missing.
    if (!link || this.#kept.has(key) || !to.loom.isRunning || this.#citizens.contact(to, from).inSeq === 0) return;
    const send = link.send.bind(link);
    const kept: Uint8Array[] = [];
    this.#citizens.direction(from, to).holed();
    const give = (): void => {
      link.send = send;
      this.#kept.delete(key);
      for (const body of this.#shuffled(kept)) send(RECORD.envelope, body);
    };
    this.#kept.set(key, give);
    link.send = (type, body) => {
      if (type !== RECORD.envelope) send(type, body);
      else if (kept.push(body) >= count) give();
    };
  }

  #shuffled<T>(items: readonly T[]): T[] {
    const order = items.map((item) => [toHex(this.#random(4)), item] as const);
    return order.sort(([a], [b]) => (a < b ? -1 : 1)).map(([, item]) => item);
  }
}
