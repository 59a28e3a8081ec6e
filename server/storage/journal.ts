// Group commit: all that is written within one turn of the event loop is one transaction, so that a hundred messages
// cost one wait for the disk, and what belongs together is stored together or not at all.
//
//   idle ── write ──▶ open (BEGIN) ── setImmediate, flush or a full batch ──▶ COMMIT ──▶ idle, all promises fulfilled
//                      │ work throws, or COMMIT fails
//                      └──▶ ROLLBACK ──▶ onFailure, all promises of the batch rejected ──▶ idle
import { isSqliteError, type Database } from './database.ts';
import { StorageError } from './errors.ts';

/** A batch this long is committed at once: its transaction would only grow, and its callers wait. */
const BATCH_WORKS = 1000;

export interface Journal {
  /**
   * Runs `work` now, inside this turn's transaction, and resolves with its result once that is durable. When any work
   * of the turn throws, or the commit fails, everything of it is rolled back and each promise rejects with StorageError
   * write-failed, what happened as its cause; but work that threw an error of its own gets that one back.
   */
  write<T>(work: () => T): Promise<T>;
  /** Commits now. */
  flush(): void;
  /** Called once for each batch that was rolled back, before its promises reject: what is in memory is not on disk. */
  onFailure: ((error: unknown) => void) | null;
  /** Transactions committed so far. */
  readonly commits: number;
}

interface Waiting {
  readonly resolve: () => void;
  readonly reject: (error: StorageError) => void;
}

type State =
  { readonly kind: 'idle' } | { readonly kind: 'open'; readonly batch: Waiting[]; readonly timer: NodeJS.Immediate };

export class GroupJournal implements Journal {
  onFailure: ((error: unknown) => void) | null = null;
  readonly #database: Database;
  #state: State = { kind: 'idle' };
  #working = false;
  #commits = 0;

  constructor(database: Database) {
    this.#database = database;
  }

  get commits(): number {
    return this.#commits;
  }

  write<T>(work: () => T): Promise<T> {
    if (this.#working) throw new Error('journal.write inside journal.write');
    return new Promise<T>((resolve, reject) => {
      const batch = this.#open(reject);
      if (!batch) return;
      const result = this.#run(work, reject);
      if (!result) return;
      batch.push({ resolve: () => resolve(result.value), reject });
      if (batch.length >= BATCH_WORKS) this.flush();
    });
  }

  flush(): void {
    if (this.#working) throw new Error('journal.flush inside journal.write');
    const state = this.#state;
    if (state.kind === 'idle') return;
    try {
      this.#database.commit();
    } catch (error) {
      this.#fail(error);
      return;
    }
    this.#settle(state.timer);
    this.#commits += 1;
    for (const waiting of state.batch) waiting.resolve();
  }

  /** The batch of this turn, with its transaction begun; null when the database would not begin one. */
  #open(reject: (error: StorageError) => void): Waiting[] | null {
    if (this.#state.kind === 'open') return this.#state.batch;
    try {
      this.#database.begin();
    } catch (error) {
      const failure = failed(error);
      this.onFailure?.(failure);
      reject(failure);
      return null;
    }
    const batch: Waiting[] = [];
    this.#state = { kind: 'open', batch, timer: setImmediate(() => this.flush()) };
    return batch;
  }

  #run<T>(work: () => T, reject: (error: unknown) => void): { value: T } | null {
    this.#working = true;
    try {
      const value = this.#database.within(work);
      if (value instanceof Promise) throw new Error('journal.write takes no asynchronous work');
      return { value };
    } catch (error) {
      this.#working = false;
      this.#fail(error, reject);
      return null;
    } finally {
      this.#working = false;
    }
  }

  /** Rolls the batch back; `reject` is that of the work which threw and stands in no batch. */
  #fail(error: unknown, reject?: (error: unknown) => void): void {
    const state = this.#state;
    if (state.kind === 'open') this.#settle(state.timer);
    const failure = failed(error);
    this.#rollback();
    this.onFailure?.(failure);
    reject?.(isOfTheDisk(error) ? failure : error);
    if (state.kind === 'open') for (const waiting of state.batch) waiting.reject(failure);
  }

  #rollback(): void {
    try {
      this.#database.rollback();
    } catch {
      // A database that cannot even roll back refuses the next BEGIN, and with it every write.
    }
  }

  #settle(timer: NodeJS.Immediate): void {
    clearImmediate(timer);
    this.#state = { kind: 'idle' };
  }
}

/** Anything else that work throws is its own: a bug, or what it has to say to its caller. */
function isOfTheDisk(error: unknown): boolean {
  return error instanceof StorageError || isSqliteError(error);
}

function failed(cause: unknown): StorageError {
  return new StorageError('write-failed', 'nothing of this batch was stored', cause);
}
