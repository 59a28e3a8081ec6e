// How time passes in a model run: for so long, or until nothing waits any more.
import type { FakeClock } from '../fake-clock.ts';
import { turns } from '../passing-time.ts';
import { nameOf, type Citizens } from './citizens.ts';

/** How long peace may take to come: backoff and dead links are all shorter. */
const ROUND_MS = 50;
const ROUNDS = 10_000;

/** Whatever was dialled at the same time is decided by then. */
const LASTING_MS = 3_000;

export class Pace {
  readonly #clock: FakeClock;
  readonly #citizens: Citizens;

  constructor(clock: FakeClock, citizens: Citizens) {
    this.#clock = clock;
    this.#citizens = citizens;
  }

  async wait(ms: number): Promise<void> {
    const step = Math.max(20, Math.ceil(ms / 40));
    for (let passed = 0; passed < ms; passed += step) {
      await turns(2);
      this.#clock.advance(Math.min(step, ms - passed));
    }
  }

  /** All are linked, and nothing waits. @throws Error: that does not come. */
  async untilQuiet(): Promise<void> {
    for (let round = 0; !this.#citizens.areQuiet(); round += 1) {
      if (round > ROUNDS) throw new Error(`no peace: ${await this.#report()}`);
      await turns();
      this.#clock.advance(ROUND_MS);
    }
  }

  /** And so it stays. @throws Error: it does not. */
  async untilPeace(): Promise<void> {
    await this.untilQuiet();
    await this.wait(LASTING_MS);
    if (!this.#citizens.areQuiet()) throw new Error(`no lasting peace: ${await this.#report()}`);
  }

  async #report(): Promise<string> {
    const lines: string[] = [];
    for (const [a, b] of this.#citizens.pairs()) {
      const { connection, queued } = await a.loom.contact(nameOf(b));
      lines.push(`${nameOf(a)}>${nameOf(b)} ${connection} ${queued}`);
    }
    return lines.join(', ');
  }
}
