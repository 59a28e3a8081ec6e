// How a person has the list show a conversation: pinned, muted, archived, as unread. Known here alone.
import type { ConversationId } from '../../contract/ids.ts';
import { NO_MARKS, type ConversationMarks } from '../../contract/marks.ts';
import type { Store } from '../../storage/profile-store.ts';
import type { Clock } from '../../timing/clock.ts';
import { Signal } from '../../timing/signal.ts';
import { runInBackground } from '../background.ts';

/** A timer takes no more than 2^31 ms: whoever is muted for longer is looked at once a day. */
const LOOK_MS = 24 * 60 * 60 * 1000;

export interface MarksOptions {
  readonly store: Store;
  readonly clock: Clock;
}

export class Marks {
  /** By themselves: muted no longer, or back from the archive. */
  readonly changed = new Signal<[ConversationId]>();
  readonly #options: MarksOptions;
  /** Null: not read from the disk yet. */
  #known: Map<ConversationId, ConversationMarks> | null = null;
  #cancel: () => void = () => undefined;
  #stopped = false;

  constructor(options: MarksOptions) {
    this.#options = options;
  }

  /** Follows the time from now on. */
  start(): void {
    this.#endMutes();
  }

  stop(): void {
    this.#stopped = true;
    this.#cancel();
  }

  of(conversation: ConversationId): ConversationMarks {
    const marks = this.#all().get(conversation) ?? NO_MARKS;
    return this.#isOver(marks) ? { ...marks, muted: null } : marks;
  }

  /** Resolves once it is on the disk. @throws StorageError. */
  async change(conversation: ConversationId, part: Partial<ConversationMarks>): Promise<void> {
    const { store } = this.#options;
    await store.journal.write(() => {
      const marks = { ...this.of(conversation), ...part };
      store.marks.put(conversation, marks);
      this.#all().set(conversation, marks);
    });
    this.#watch();
  }

  /** There is a new entry in it: what is archived and not muted comes back. */
  came(conversation: ConversationId): void {
    const { archived, muted } = this.of(conversation);
    if (archived && muted === null) this.#changeByItself(conversation, { archived: false });
  }

  /** What is on the disk is read again when it is next needed. */
  forget(): void {
    this.#known = null;
  }

  #changeByItself(conversation: ConversationId, part: Partial<ConversationMarks>): void {
    runInBackground(this.change(conversation, part).then(() => this.changed.emit(conversation)));
  }

  #endMutes(): void {
    for (const [conversation, marks] of this.#all()) {
      if (this.#isOver(marks)) this.#changeByItself(conversation, { muted: null });
    }
    this.#watch();
  }

  #watch(): void {
    this.#cancel();
    if (this.#stopped) return;
    const ends = [...this.#all().values()].flatMap(({ muted }) => muted?.until ?? []);
    const now = this.#options.clock.now();
    const next = Math.min(...ends.filter((until) => until > now));
    if (next === Infinity) return;
    this.#cancel = this.#options.clock.after(Math.min(next - now, LOOK_MS), () => this.#endMutes());
  }

  #isOver({ muted }: ConversationMarks): boolean {
    return muted !== null && muted.until !== null && muted.until <= this.#options.clock.now();
  }

  #all(): Map<ConversationId, ConversationMarks> {
    return (this.#known ??= new Map(this.#options.store.marks.list()));
  }
}
