// The loaded part of one conversation, in order. Events change it in place in O(log n); a reader takes a snapshot.
import type { Message, MessageRef, MessageState } from '../../../../server/contract/model.ts';
import { messageKey } from './message-key.ts';

const rank: Readonly<Record<MessageState, number>> = { queued: 0, sent: 1, delivered: 2, received: 2, read: 3 };

/** A state never goes back: events and replies may overtake each other. */
export function laterState(a: MessageState, b: MessageState): MessageState {
  return rank[b] > rank[a] ? b : a;
}

/** Within the conversation. */
type Ref = Pick<MessageRef, 'author' | 'id'>;

export class Timeline {
  #list: Message[] = [];
  /** By `messageKey`. */
  readonly #positions = new Map<string, number>();
  #shared = false;

  get length(): number {
    return this.#list.length;
  }

  get oldest(): Message | undefined {
    return this.#list[0];
  }

  has(ref: Ref): boolean {
    return this.#positions.has(messageKey(ref));
  }

  get(ref: Ref): Message | undefined {
    const position = this.#positions.get(messageKey(ref));
    return position === undefined ? undefined : this.#list[this.#indexOf(position)];
  }

  /** The same array until something changes. */
  snapshot(): readonly Message[] {
    this.#shared = true;
    return this.#list;
  }

  /** Puts a message in its place, or brings the one there up to date. */
  put(message: Message): void {
    const key = messageKey(message);
    const known = this.#positions.get(key);
    if (known === message.position) {
      const at = this.#indexOf(known);
      const before = this.#list[at];
      const state = before === undefined ? message.state : laterState(before.state, message.state);
      this.#writable()[at] = { ...message, state };
      return;
    }
    if (known !== undefined) this.#remove(known);
    const list = this.#writable();
    this.#positions.set(key, message.position);
    const last = list.at(-1);
    if (last === undefined || last.position < message.position) list.push(message);
    else list.splice(this.#indexOf(message.position), 0, message);
  }

  /** Older messages, oldest first, in front. Returns how many were new. */
  prepend(page: readonly Message[]): number {
    const fresh = page.filter((message) => !this.has(message));
    for (const message of fresh) this.#positions.set(messageKey(message), message.position);
    this.#list = [...fresh, ...this.#list];
    this.#shared = false;
    return fresh.length;
  }

  setState(ref: Ref, state: MessageState): void {
    const position = this.#positions.get(messageKey(ref));
    if (position === undefined) return;
    const at = this.#indexOf(position);
    const before = this.#list[at];
    if (before === undefined || laterState(before.state, state) === before.state) return;
    this.#writable()[at] = { ...before, state };
  }

  /** @returns whether it was here. */
  delete(ref: Ref): boolean {
    const position = this.#positions.get(messageKey(ref));
    if (position === undefined) return false;
    this.#remove(position);
    return true;
  }

  /** What they wrote is read, as far as it stands no later than `upTo`. */
  read(upTo: number): void {
    for (const [at, message] of this.#list.entries()) {
      if (message.position > upTo) return;
      if (message.direction === 'in' && message.state === 'received')
        this.#writable()[at] = { ...message, state: 'read' };
    }
  }

  /** What we wrote and they have is read by them, as far as it stands no later than `upTo`. */
  seen(upTo: number): void {
    for (let at = this.#list.length - 1; at >= 0; at -= 1) {
      const message = this.#list[at];
      if (message === undefined || message.position > upTo || message.direction === 'in') continue;
      // Those before it were seen earlier.
      if (message.state === 'read') return;
      if (message.state === 'delivered') this.#writable()[at] = { ...message, state: 'read' };
    }
  }

  /** Keeps the newest `count`. Returns whether any were let go. */
  keepNewest(count: number): boolean {
    if (this.#list.length <= count) return false;
    for (const message of this.#list.slice(0, -count)) this.#positions.delete(messageKey(message));
    this.#list = this.#list.slice(-count);
    this.#shared = false;
    return true;
  }

  #remove(position: number): void {
    const [gone] = this.#writable().splice(this.#indexOf(position), 1);
    if (gone !== undefined) this.#positions.delete(messageKey(gone));
  }

  /** Index of the first message whose position is not below `position`. */
  #indexOf(position: number): number {
    let low = 0;
    let high = this.#list.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#list[middle]?.position ?? Infinity) < position) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #writable(): Message[] {
    if (this.#shared) {
      this.#list = this.#list.slice();
      this.#shared = false;
    }
    return this.#list;
  }
}
