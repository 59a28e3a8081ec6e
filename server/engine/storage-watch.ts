// When the disk refuses: nothing in memory may be ahead of it. Forgets, cuts the links, and asks until it takes writes again.
import type { Engine } from './engine.ts';
import { runInBackground } from './background.ts';

/** While the disk refuses, it is asked this often whether it works again. */
const RETRY_MS = 2_000;

export class StorageWatch {
  readonly #engine: Engine;
  #state: 'ok' | 'failing' = 'ok';
  #stopped = false;
  #cancel: () => void = () => undefined;

  constructor(engine: Engine) {
    this.#engine = engine;
    const { journal } = engine.options.store;
    journal.onFailure = () => this.#failed();
    journal.onUndone = () => {
      engine.sessions.forget();
      engine.invites.forget();
      engine.roster.reload();
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
    this.#engine.sessions.forget();
    this.#engine.invites.forget();
    this.#engine.peers.cut();
    if (this.#state === 'failing') return;
    this.#set('failing');
    this.#retry();
  }

  #retry(): void {
    this.#cancel = this.#engine.options.clock.after(RETRY_MS, () => runInBackground(this.#try()));
  }

  async #try(): Promise<void> {
    const { roster, peers, options } = this.#engine;
    const { store, clock } = options;
    try {
      await store.journal.write(() => store.settings.put('written-at', clock.now()));
      roster.reload();
      this.#set('ok');
      peers.encourageAll();
    } catch {
      this.#retry();
    }
  }

  #set(storage: 'ok' | 'failing'): void {
    this.#state = storage;
    this.#engine.options.events.emit('storage.changed', { storage });
  }
}
