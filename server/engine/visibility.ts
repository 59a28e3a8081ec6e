// Who can tell on the network that we are here: contacts, everyone nearby for ten minutes, or nobody. `contacts` and `off`
// are kept over restarts; `everyone` is not, and gives way to the one that is kept.
import type { Visibility as View, VisibilityMode } from '../contract/model.ts';
import { PAIR_WRONG_TAGS, PAIR_WRONG_TAGS_MS } from '../protocol/limits.ts';
import type { Store } from '../storage/profile-store.ts';
import type { Clock } from './clock.ts';

/** Long enough to meet, short enough to be forgotten about. */
const EVERYONE_MS = 10 * 60_000;

const SETTING = 'visibility';

export interface VisibilityOptions {
  readonly store: Store;
  readonly clock: Clock;
  /** The mode changed, or its end did. */
  readonly onChange: () => void;
}

export class Visibility {
  readonly #options: VisibilityOptions;
  #kept: 'contacts' | 'off';
  /** When being visible to everyone ends; null: we are not. */
  #until: number | null = null;
  /** When wrong tags came, on the clock that only grows. */
  #wrong: readonly number[] = [];
  #cancel: () => void = () => undefined;

  constructor(options: VisibilityOptions) {
    this.#options = options;
    this.#kept = options.store.settings.get(SETTING) === 'off' ? 'off' : 'contacts';
  }

  get mode(): VisibilityMode {
    return this.#until === null ? this.#kept : 'everyone';
  }

  get view(): View {
    return { mode: this.mode, until: this.#until };
  }

  async set(mode: VisibilityMode): Promise<void> {
    const { store, clock } = this.#options;
    if (mode === 'everyone') {
      this.#cancel();
      this.#until = clock.now() + EVERYONE_MS;
      this.#cancel = clock.after(EVERYONE_MS, () => this.#end());
    } else {
      await store.journal.write(() => store.settings.put(SETTING, mode));
      this.#kept = mode;
      this.#forget();
    }
    this.#options.onChange();
  }

  /** Somebody typed a wrong code. Too many within an hour end being visible (protocol §8). */
  wrongCode(): void {
    const now = this.#options.clock.monotonic();
    this.#wrong = [...this.#wrong.filter((at) => now - at < PAIR_WRONG_TAGS_MS), now];
    if (this.#wrong.length >= PAIR_WRONG_TAGS && this.#until !== null) this.#end();
  }

  stop(): void {
    this.#forget();
  }

  #end(): void {
    this.#forget();
    this.#options.onChange();
  }

  #forget(): void {
    this.#cancel();
    this.#until = null;
  }
}
