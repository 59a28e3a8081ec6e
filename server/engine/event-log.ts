// The stream of events every open tab sees. Numbered without holes and kept for a while, so that a tab that lost its
// socket catches up instead of reloading.
import type { EventMessage, EventName, Events } from '../contract/events.ts';
import { EVENTS_KEPT } from '../contract/limits.ts';

export type EventListener = (event: EventMessage) => void;

export class EventLog {
  /** Random for each start: a cursor of another boot means nothing here. */
  readonly boot: string;
  readonly #listeners = new Set<EventListener>();
  #kept: EventMessage[] = [];
  #cursor = 0;

  constructor(boot: string) {
    this.boot = boot;
  }

  get cursor(): number {
    return this.#cursor;
  }

  emit<N extends EventName>(event: N, data: Events[N]): void {
    this.#cursor += 1;
    const message = { cursor: this.#cursor, event, data } as EventMessage;
    this.#kept.push(message);
    // Cut in one step now and then: shifting one by one would copy the array for every event.
    if (this.#kept.length >= 2 * EVENTS_KEPT) this.#kept = this.#kept.slice(-EVENTS_KEPT);
    for (const listener of this.#listeners) listener(message);
  }

  /** Events after `cursor`, or null when some of them are no longer kept or the cursor is not of this boot. */
  since(boot: string | null, cursor: number | null): readonly EventMessage[] | null {
    if (cursor === null || boot !== this.boot || cursor > this.#cursor) return null;
    const oldest = this.#kept[0]?.cursor ?? this.#cursor + 1;
    if (cursor < oldest - 1) return null;
    return this.#kept.slice(cursor - oldest + 1);
  }

  /** @returns a function that ends the subscription. */
  subscribe(listener: EventListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Forgets all kept events: after locking none may tell what they said. */
  clear(): void {
    this.#kept = [];
  }
}
