// The stream of events every open tab sees. Numbered without holes and kept for a while, so that a tab that lost its
// socket catches up instead of reloading.
//
// Open tabs get an event whole, at once. What is kept is bounded by count and by bytes, and says nothing of what people
// wrote: of an event about a message or a contact only the way to read it again stays. A tab that comes back is told what
// is so now, and nothing of what is gone.
import type { EventMessage, EventName, Events } from '../contract/events.ts';
import { EVENTS_BYTES, EVENTS_KEPT, EVENTS_READ_AGAIN } from '../contract/limits.ts';

export type EventListener = (event: EventMessage) => void;

/** How an event is told later. */
export interface Recall<N extends EventName> {
  /** What it is about: of events of one kind about the same only the last is told. */
  readonly about: string;
  /** What is so by then; null: it is gone. */
  readonly read: () => Events[N] | null;
}

/** Events that say what people wrote: such are kept as a way to read it again, and never as they are. */
type Telling =
  | 'message.received'
  | 'message.stored'
  | 'message.changed'
  | 'contact.changed'
  | 'conversation.changed'
  | 'draft.changed';

interface Kept {
  readonly cursor: number;
  readonly event: EventName;
  /** Null: about nothing in particular, told each time. */
  readonly about: string | null;
  readonly read: () => Events[EventName] | null;
  /** An estimate of the memory it takes. */
  readonly bytes: number;
}

/** An entry with its closure, two ids and a cursor. */
const ENTRY_BYTES = 512;

export class EventLog {
  /** Random for each start: a cursor of another boot means nothing here. */
  readonly boot: string;
  readonly #listeners = new Set<EventListener>();
  #kept: Kept[] = [];
  #bytes = 0;
  #cursor = 0;

  constructor(boot: string) {
    this.boot = boot;
  }

  get cursor(): number {
    return this.#cursor;
  }

  /** @param recall left out: the event is kept as it is. */
  emit<N extends EventName>(
    event: N,
    data: Events[N],
    ...[recall]: N extends Telling ? [recall: Recall<N>] : [recall?: Recall<N>]
  ): void {
    this.#cursor += 1;
    const { about, read } = recall ?? { about: null, read: () => data };
    const bytes = ENTRY_BYTES + (recall ? 0 : sizeOf(data));
    this.#keep({ cursor: this.#cursor, event, about, read, bytes });
    const message = { cursor: this.#cursor, event, data } as EventMessage;
    for (const listener of this.#listeners) listener(message);
  }

  /**
   * Events after `cursor`; those about something that is gone are left out. Null when some are no longer kept, when they
   * are too much to read again or to say, and when the cursor is not of this boot.
   */
  since(boot: string | null, cursor: number | null, maxBytes = EVENTS_BYTES): readonly EventMessage[] | null {
    if (cursor === null || boot !== this.boot || cursor > this.#cursor) return null;
    const oldest = this.#kept[0]?.cursor ?? this.#cursor + 1;
    if (cursor < oldest - 1) return null;
    const events: EventMessage[] = [];
    let bytes = 0;
    const missed = lastOfEach(this.#kept.slice(cursor - oldest + 1));
    if (missed.filter(({ about }) => about !== null).length > EVENTS_READ_AGAIN) return null;
    for (const { cursor: at, event, read } of missed) {
      const data = read();
      if (!data) continue;
      bytes += sizeOf(data);
      if (bytes > maxBytes) return null;
      events.push({ cursor: at, event, data } as EventMessage);
    }
    return events;
  }

  /** @returns a function that ends the subscription. */
  subscribe(listener: EventListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Forgets all kept events: after locking none may tell what they said. */
  clear(): void {
    this.#kept = [];
    this.#bytes = 0;
  }

  #keep(kept: Kept): void {
    this.#kept.push(kept);
    this.#bytes += kept.bytes;
    // Cut in one step now and then: shifting one by one would copy the array for every event.
    if (this.#kept.length >= 2 * EVENTS_KEPT) this.#cut(EVENTS_KEPT, EVENTS_BYTES);
    if (this.#bytes > EVENTS_BYTES) this.#cut(EVENTS_KEPT, EVENTS_BYTES / 2);
  }

  /** Keeps the newest: at most so many, and so many bytes of them. */
  #cut(count: number, bytes: number): void {
    let first = this.#kept.length;
    let sum = 0;
    while (first > Math.max(0, this.#kept.length - count)) {
      const size = this.#kept[first - 1]?.bytes ?? 0;
      if (sum + size > bytes) break;
      sum += size;
      first -= 1;
    }
    this.#kept = this.#kept.slice(first);
    this.#bytes = sum;
  }
}

function lastOfEach(kept: readonly Kept[]): readonly Kept[] {
  const key = ({ event, about, cursor }: Kept): string => `${event} ${about ?? cursor}`;
  const last = new Map(kept.map((entry) => [key(entry), entry]));
  return kept.filter((entry) => last.get(key(entry)) === entry);
}

/** Bytes in memory, about: text may take two for each of its units. */
function sizeOf(data: object): number {
  let bytes = 0;
  for (const value of Object.values(data) as unknown[]) {
    if (typeof value === 'string') bytes += 2 * value.length;
    else if (typeof value === 'object' && value !== null) bytes += 2 * JSON.stringify(value).length;
    else bytes += 8;
  }
  return bytes;
}
