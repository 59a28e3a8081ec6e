// Which connections the local door holds while there are more than it has room for: those of tabs that proved themselves,
// always, and of all others the newest. Filling the room with connections that say nothing pushes out one's own,
// and one that comes for a moment, as a page does that is loaded, finds room.

interface Place {
  destroy(): unknown;
  once(event: 'close', listener: () => void): unknown;
}

export class Places<P extends Place> {
  readonly #room: number;
  /** Oldest first, without those that are kept. */
  readonly #waiting = new Set<P>();

  /** @param room how many are held at once, beside those that are kept. */
  constructor(room: number) {
    this.#room = room;
  }

  /** Takes one in, and hangs up on the oldest when it is one too many. */
  take(place: P): void {
    this.#waiting.add(place);
    place.once('close', () => this.#waiting.delete(place));
    const [oldest] = this.#waiting;
    if (this.#waiting.size <= this.#room || oldest === undefined) return;
    this.#waiting.delete(oldest);
    oldest.destroy();
  }

  /** Hangs up on all that are not kept. */
  empty(): void {
    for (const place of this.#waiting) place.destroy();
  }

  /** It has proven whose it is, and gives way no more. */
  keep(place: P): void {
    this.#waiting.delete(place);
  }
}
