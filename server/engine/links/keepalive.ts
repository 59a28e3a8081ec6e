// Whether the other side of an open link is still there. Silence makes us ask, the initiator first; too long a silence is
// the end (SPEC §3, "Alive").
import { LINK_DEAD_AFTER_MS, PING_AFTER_MS, RESPONDER_PING_AFTER_MS } from '../../protocol/limits.ts';
import type { Clock } from '../../timing/clock.ts';

/** When silence is looked at: at whole steps of the clock. */
const STEP_MS = 1000;

export interface KeepaliveOptions {
  readonly clock: Clock;
  readonly role: 'initiator' | 'responder';
  readonly ask: () => void;
  readonly onDead: () => void;
}

export class Keepalive {
  readonly #options: KeepaliveOptions;
  readonly #silenceBorne: number;
  /** Who asked whether anybody is there, and waits for a sign of life. */
  readonly #probes = new Set<(alive: boolean) => void>();
  #heardAt: number;
  #cancel: () => void = () => undefined;

  constructor(options: KeepaliveOptions) {
    this.#options = options;
    this.#silenceBorne = options.role === 'initiator' ? PING_AFTER_MS : RESPONDER_PING_AFTER_MS;
    this.#heardAt = options.clock.monotonic();
  }

  heard(): void {
    this.#heardAt = this.#options.clock.monotonic();
    this.#settle(true);
  }

  /** Asks, and waits at most `ms` for any sign of life; otherwise the link is dead. @returns whether one came. */
  probe(ms: number): Promise<boolean> {
    return new Promise((resolve) => {
      const cancel = this.#options.clock.after(ms, this.#options.onDead);
      const settle = (alive: boolean): void => {
        cancel();
        this.#probes.delete(settle);
        resolve(alive);
      };
      this.#probes.add(settle);
      this.#options.ask();
    });
  }

  /** Looks now, and again whenever it may be time. */
  watch(): void {
    const { clock, ask, onDead } = this.#options;
    const silent = clock.monotonic() - this.#heardAt;
    if (silent >= LINK_DEAD_AFTER_MS) {
      onDead();
      return;
    }
    if (silent >= this.#silenceBorne) ask();
    const next =
      silent < this.#silenceBorne ? this.#silenceBorne - silent : Math.min(PING_AFTER_MS, LINK_DEAD_AFTER_MS - silent);
    this.#cancel = clock.after(this.#inStep(next), () => this.watch());
  }

  stop(): void {
    this.#cancel();
    this.#settle(false);
  }

  #settle(alive: boolean): void {
    for (const settle of [...this.#probes]) settle(alive);
  }

  /** A little later, with all others: hundreds that are silent wake the process once a second, not each for itself. */
  #inStep(ms: number): number {
    const now = this.#options.clock.monotonic();
    return Math.ceil((now + ms) / STEP_MS) * STEP_MS - now + 1;
  }
}
