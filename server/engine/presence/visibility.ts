// Who can tell on the network that we are here: contacts, everyone nearby for ten minutes, or nobody. `contacts` and `off`
// are kept, for each network; `everyone` is not, gives way to the one that is kept, and is over on another network.
import { z } from 'zod';
import type { Visibility as View, VisibilityMode } from '../../contract/model.ts';
import { PAIR_WRONG_TAGS, PAIR_WRONG_TAGS_MS } from '../../protocol/limits.ts';
import type { Store } from '../../storage/profile-store.ts';
import type { Clock } from '../../timing/clock.ts';
import { Signal } from '../../timing/signal.ts';

/** Long enough to meet, short enough to be forgotten about. */
const EVERYONE_MS = 10 * 60_000;

const SETTING = 'visibility';
/** Networks remembered; the one chosen on longest ago is forgotten first. */
const NETWORKS = 64;

type Kept = 'contacts' | 'off';
const modeSchema = z.enum(['contacts', 'off']);
const schema = z.object({ networks: z.array(z.object({ name: z.string(), mode: modeSchema })) });
type Choices = z.infer<typeof schema>['networks'];

export interface VisibilityOptions {
  readonly store: Store;
  readonly clock: Clock;
  /** What the network we are on is called. */
  readonly network: () => string;
}

export class Visibility {
  /** The mode changed, or its end did. */
  readonly changed = new Signal();
  readonly #options: VisibilityOptions;
  #choices: Choices;
  #network: string;
  /** When being visible to everyone ends; null: we are not. */
  #until: number | null = null;
  /** When wrong tags came, on the clock that only grows. */
  #wrong: readonly number[] = [];
  #cancel: () => void = () => undefined;

  constructor(options: VisibilityOptions) {
    this.#options = options;
    const kept = schema.safeParse(options.store.settings.get(SETTING));
    this.#choices = kept.success ? kept.data.networks : [];
    this.#network = options.network();
  }

  get mode(): VisibilityMode {
    return this.#until === null ? this.#kept() : 'everyone';
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
      const others = this.#choices.filter(({ name }) => name !== this.#network);
      const networks = [...others, { name: this.#network, mode }].slice(-NETWORKS);
      await store.journal.write(() => store.settings.put(SETTING, { networks }));
      this.#choices = networks;
      this.#forget();
    }
    this.changed.emit();
  }

  /** Another network may be another choice; and who wanted to be seen there did not ask to be seen here. */
  networkChanged(): void {
    const network = this.#options.network();
    if (network === this.#network) return;
    const before = this.mode;
    this.#network = network;
    this.#forget();
    if (this.mode !== before) this.changed.emit();
  }

  /** Somebody typed a wrong code. Too many within an hour end being visible (protocol §8). @returns whether it was that. */
  wrongCode(): boolean {
    const now = this.#options.clock.monotonic();
    this.#wrong = [...this.#wrong.filter((at) => now - at < PAIR_WRONG_TAGS_MS), now];
    if (this.#wrong.length < PAIR_WRONG_TAGS) return false;
    if (this.#until !== null) this.#end();
    return true;
  }

  stop(): void {
    this.#forget();
  }

  #kept(): Kept {
    return this.#choices.find(({ name }) => name === this.#network)?.mode ?? 'contacts';
  }

  #end(): void {
    this.#forget();
    this.changed.emit();
  }

  #forget(): void {
    this.#cancel();
    this.#until = null;
  }
}
