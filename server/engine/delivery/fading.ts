// Messages that disappear: each is overwritten when its time is over, in whatever conversation. One timer for all of them, set to the
// soonest; nothing of an earlier time is served after a start.
import { setImmediate as nextTurn } from 'node:timers/promises';
import { StorageError } from '../../storage/errors.ts';
import type { Store } from '../../storage/profile-store.ts';
import type { Due, MessageRecord, MessageRef } from '../../storage/tables/message/message-record.ts';
import type { Clock } from '../../timing/clock.ts';
import { runInBackground } from '../background.ts';
import type { Erasing } from './erasing.ts';
import { CLEARED_AT_ONCE, CLEARED_BYTES } from './expiry.ts';

/** Kept in mind, the soonest, half a megabyte; when they are gone, the disk is asked for the next. */
const SOONEST = 10_000;

/** A clock may be set, and a computer may sleep: looked at again at least so often. */
const LOOK_MS = 60 * 1000;

export interface FadingOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly erasing: Pick<Erasing, 'erase'>;
  /** What it has brought is still on its way: its time begins anew. */
  readonly isHeld: (message: MessageRef) => boolean;
  readonly onGone: (message: MessageRef) => void;
}

export class Fading {
  readonly #options: FadingOptions;
  /** Ascending by time. */
  #soonest: Due[] = [];
  /** What is due from here on may be missing above, ms. */
  #horizon = Infinity;
  /** The latest that it has been since the last look, ms. */
  #latest = -Infinity;
  #isLooking = false;
  #cancel: () => void = () => undefined;
  #stopped = false;

  constructor(options: FadingOptions) {
    this.#options = options;
    options.store.messages.fading.whenBegun((due) => {
      // Or a clock that goes ahead and back between two looks would leave it there for as long.
      this.#latest = Math.max(this.#latest, options.clock.now());
      this.#keep(due);
      this.#watch();
    });
  }

  /**
   * Resolves once nothing is there any more whose time is over, of which nobody is told; on a disk that refuses, that is
   * tried again and again.
   */
  start(): Promise<void> {
    return this.#look(() => undefined);
  }

  stop(): void {
    this.#stopped = true;
    this.#cancel();
    this.#soonest = [];
  }

  #keep(due: Due): void {
    if (due.until >= this.#horizon) return;
    const place = firstFrom(this.#soonest, due.until);
    // Each act on it writes it anew, in another size.
    for (let same = place; this.#soonest[same]?.until === due.until; same += 1) {
      if (this.#soonest[same]?.row !== due.row) continue;
      this.#soonest[same] = due;
      return;
    }
    this.#soonest.splice(place, 0, due);
    if (this.#soonest.length <= SOONEST) return;
    this.#horizon = this.#soonest.pop()?.until ?? Infinity;
  }

  /** Of a disk that refuses, half a list is none: all of it is asked for again. @throws StorageError. */
  async #fill(): Promise<void> {
    try {
      await this.#read();
    } catch (error) {
      this.#soonest = [];
      this.#horizon = -Infinity;
      throw error;
    }
  }

  /** Reads from the disk which are the soonest; sets right what a clock that was set back has made too long. */
  async #read(): Promise<void> {
    const { journal, messages } = this.#options.store;
    this.#soonest = [];
    this.#horizon = Infinity;
    let after: number | null = 0;
    while (after !== null && !this.#stopped) {
      const { last, messages: some } = messages.fading.run(after);
      const tooLong = some.filter(({ message }) => this.#isTooLong(message));
      for (const { row, size, message } of some)
        if (message.fading?.until != null) this.#keep({ row, size, until: message.fading.until });
      if (tooLong.length > 0) await journal.write(() => tooLong.forEach(({ message }) => this.#beginAnew(message)));
      after = last;
      await nextTurn();
    }
  }

  #isTooLong({ fading }: MessageRecord): boolean {
    return fading?.until != null && fading.until > this.#options.clock.now() + fading.life;
  }

  #beginAnew(message: MessageRecord): void {
    const { fading } = message;
    const { store, clock } = this.#options;
    if (fading) store.messages.rewrite({ ...message, fading: { ...fading, until: clock.now() + fading.life } });
  }

  #watch(atLeast = 0): void {
    this.#cancel();
    if (this.#stopped || this.#isLooking) return;
    const [first = null] = this.#soonest;
    const next = first?.until ?? this.#horizon;
    if (next === Infinity) return;
    const wait = Math.max(atLeast, next - this.#options.clock.now());
    this.#cancel = this.#options.clock.after(Math.min(wait, LOOK_MS), () => runInBackground(this.#look()));
  }

  async #look(onGone = this.#options.onGone): Promise<void> {
    this.#isLooking = true;
    let isDone = false;
    try {
      isDone = await this.#lookNow(onGone).catch(refused);
    } finally {
      this.#isLooking = false;
      this.#watch(isDone ? 0 : LOOK_MS);
    }
  }

  /** @returns true. @throws StorageError. */
  async #lookNow(onGone: FadingOptions['onGone']): Promise<true> {
    const { clock } = this.#options;
    const now = clock.now();
    const wasSetBack = now < this.#latest;
    this.#latest = now;
    // Empty: at the start, and when there may be more than was kept in mind.
    if (wasSetBack || this.#soonest.length === 0) await this.#fill();
    let ended = await this.#end(onGone);
    while (ended > 0 && !this.#stopped && this.#soonest.length === 0 && this.#horizon <= clock.now()) {
      await this.#fill();
      ended = await this.#end(onGone);
    }
    return true;
  }

  /** Overwrites all whose time is over, piece by piece. @returns how many. */
  async #end(onGone: FadingOptions['onGone']): Promise<number> {
    const { store, clock } = this.#options;
    for (let ended = 0; ;) {
      const now = clock.now();
      const due = this.#due(now);
      if (due.size === 0 || this.#stopped) return ended;
      const gone = await store.journal.write(() => [...due].flatMap(({ row }) => this.#erase(row, now) ?? []));
      this.#soonest = this.#soonest.filter((kept) => !due.has(kept));
      for (const message of gone) onGone(message);
      ended += gone.length;
    }
  }

  /** The soonest whose time is over, those of one turn. */
  #due(now: number): ReadonlySet<Due> {
    const due = new Set<Due>();
    let bytes = 0;
    for (const next of this.#soonest) {
      if (next.until > now || due.size === CLEARED_AT_ONCE || bytes > CLEARED_BYTES) break;
      due.add(next);
      bytes += next.size;
    }
    return due;
  }

  /** Its row says when, whatever is kept in mind. @returns null: it is gone, or has time left. */
  #erase(row: number, now: number): MessageRef | null {
    const { store, erasing, isHeld } = this.#options;
    const message = store.messages.scan.at(row);
    if (message?.fading?.until == null || message.fading.until > now) return null;
    if (isHeld(message)) {
      this.#beginAnew(message);
      return null;
    }
    const { conversation, author, id } = message;
    return erasing.erase(message) ? { conversation, author, id } : null;
  }
}

/** Where the first stands that is due no earlier than `until`. */
function firstFrom(ascending: readonly Due[], until: number): number {
  let [start, end] = [0, ascending.length];
  while (start < end) {
    const middle = (start + end) >> 1;
    if ((ascending[middle]?.until ?? Infinity) < until) start = middle + 1;
    else end = middle;
  }
  return start;
}

/** A disk that refuses is told by the journal. */
function refused(error: unknown): false {
  if (error instanceof StorageError) return false;
  throw error;
}
