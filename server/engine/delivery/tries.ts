// When and over which way each of ours was sent, for whoever looks closely at it: in memory alone, since the profile was opened.
import type { Try } from '../../contract/messages.ts';
import type { Clock } from '../../timing/clock.ts';
import type { Ours } from './drain.ts';

/** Messages remembered, those sent last: more than anybody looks at, some hundred kilobytes. */
export const TRIED_MESSAGES = 1000;

/** Of one message, the newest: a link that comes and goes would fill memory. */
export const TRIES = 10;

export class Tries {
  readonly #clock: Pick<Clock, 'now'>;
  /** The one sent last stands last. */
  readonly #tries = new Map<string, readonly Try[]>();

  constructor(clock: Pick<Clock, 'now'>) {
    this.#clock = clock;
  }

  /** It was handed to a link. @param address where that leads. */
  sent(message: Ours, address: string): void {
    const key = keyOf(message);
    const before = this.of(message);
    this.#tries.delete(key);
    this.#tries.set(key, [...before, { at: this.#clock.now(), address }].slice(-TRIES));
    const [oldest] = this.#tries.keys();
    if (this.#tries.size > TRIED_MESSAGES && oldest !== undefined) this.#tries.delete(oldest);
  }

  /** Oldest first. */
  of(message: Ours): readonly Try[] {
    return this.#tries.get(keyOf(message)) ?? [];
  }
}

function keyOf({ conversation, id }: Ours): string {
  return `${conversation} ${id}`;
}
