// When the disk refuses: nothing in memory may be ahead of it. Forgets, cuts the links, and asks until it takes writes again.
import type { Store } from '../storage/profile-store.ts';
import type { Clock } from '../timing/clock.ts';
import { runInBackground } from './background.ts';
import type { EventLog } from './event-log.ts';

/** While the disk refuses, it is asked this often whether it works again. */
const RETRY_MS = 2_000;

export interface StorageWatchOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly events: EventLog;
  /** What is in memory may be ahead of the disk: it is read again when next needed. */
  readonly forget: () => void;
  /** The roster is read again. */
  readonly reload: () => void;
  /** Cuts every link. */
  readonly cut: () => void;
  /** The disk works again. */
  readonly onWorking: () => void;
}

export class StorageWatch {
  readonly #options: StorageWatchOptions;
  #state: 'ok' | 'failing' = 'ok';
  #stopped = false;
  #cancel: () => void = () => undefined;

  constructor(options: StorageWatchOptions) {
    this.#options = options;
    const { journal } = options.store;
    journal.onFailure = () => this.#failed();
    journal.onUndone = () => {
      options.forget();
      options.reload();
    };
  }

  get state(): 'ok' | 'failing' {
    return this.#state;
  }

  stop(): void {
    this.#stopped = true;
    this.#cancel();
  }

  #failed(): void {
    if (this.#stopped) return;
    this.#options.forget();
    this.#options.cut();
    if (this.#state === 'failing') return;
    this.#set('failing');
    this.#retry();
  }

  #retry(): void {
    this.#cancel = this.#options.clock.after(RETRY_MS, () => runInBackground(this.#try()));
  }

  async #try(): Promise<void> {
    const { store, clock, reload, onWorking } = this.#options;
    try {
      await store.journal.write(() => store.settings.put('written-at', clock.now()));
      reload();
      this.#set('ok');
      onWorking();
    } catch {
      this.#retry();
    }
  }

  #set(storage: 'ok' | 'failing'): void {
    this.#state = storage;
    this.#options.events.emit('storage.changed', { storage });
  }
}
