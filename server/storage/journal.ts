// Group commit: all that is written within one turn of the event loop is one transaction, so that a hundred messages
// cost one wait for the disk, and what belongs together is stored together or not at all.
//
//   idle ── write ──▶ open (BEGIN) ── setImmediate, flush or a full batch ──▶ COMMIT ──▶ idle, all promises fulfilled
//                      │ the disk refuses                          └─ a work throws by itself: undone alone, onUndone
//                      └──▶ ROLLBACK ──▶ onFailure, all promises of the batch rejected ──▶ idle
import { isForbidden, isSqliteError, type Database } from './database.ts';
import { StorageError } from './errors.ts';

/** A batch this long is committed at once: its transaction would only grow, and its callers wait. */
const BATCH_WORKS = 1000;

export interface Journal {
  /**
   * Runs `work` now, inside this turn's transaction, and resolves with its result once that is durable. When the disk
   * refuses, everything of the turn is rolled back and each promise rejects with StorageError write-failed, what
   * happened as its cause. Work that throws an error of its own costs itself alone: what it changed is undone, and its
   * promise rejects with that error, or with StorageError write-failed where a constraint of a table forbade it.
   */
  write<T>(work: () => T): Promise<T>;
  /** Commits now. */
  flush(): void;
  /** Called once for each batch that was rolled back, before its promises reject: what is in memory is not on disk. */
  onFailure: ((error: unknown) => void) | null;
  /** Called once for each work that was undone alone, before its promise rejects: what it left in memory is not so. */
  onUndone: (() => void) | null;
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
  onUndone: (() => void) | null = null;
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
      return { value: this.#database.within(() => settled(work())) };
    } catch (error) {
      this.#working = false;
      if (isOfTheDisk(error)) this.#fail(error, reject);
      else this.#undone(error, reject);
      return null;
    } finally {
      this.#working = false;
    }
  }

  /** The work that threw is undone already; the others of its turn stay. */
  #undone(error: unknown, reject: (error: unknown) => void): void {
    this.onUndone?.();
    reject(isSqliteError(error) ? failed(error) : error);
  }

  /** Rolls the batch back; `reject` is that of the work which threw and stands in no batch. */
  #fail(error: unknown, reject?: (error: unknown) => void): void {
    const state = this.#state;
    if (state.kind === 'open') this.#settle(state.timer);
    const failure = failed(error);
    this.#rollback();
    this.onFailure?.(failure);
    reject?.(failure);
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

/**
 * SQLite could not read or write. Anything else that work throws is its own: a bug, a row that is damaged or forbidden,
 * or what it has to say to its caller.
 */
function isOfTheDisk(error: unknown): boolean {
  if (error instanceof StorageError) return error.code === 'write-failed' || isOfTheDisk(error.cause);
  return isSqliteError(error) && !isForbidden(error);
}

function settled<T>(value: T): T {
  if (value instanceof Promise) throw new Error('journal.write takes no asynchronous work');
  return value;
}

function failed(cause: unknown): StorageError {
  return new StorageError('write-failed', 'nothing of this batch was stored', cause);
}
