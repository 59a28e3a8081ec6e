// Seals every row anew under the current master key, after a passphrase was set, changed or removed: in pieces, while
// everything else goes on. Nothing is remembered between two runs but the earlier keys in keys.json: rows say in their
// header which key they are under, so whatever ends this, the next start goes on where rows are left.
//
//   idle ── begin ──▶ small tables ──▶ messages ⟲ ──▶ outbox ⟲ ──▶ pages ⟲ ──▶ keys forgotten ──▶ idle
//                                         ▲  until a whole round found none left  │
//                                         └───────────────────────────────────────┘
import type { Database } from '../database.ts';
import { emptyLog } from '../profile-files/empty-log.ts';
import type { GroupJournal } from '../journal.ts';
import { sweepPages } from './page-sweep.ts';
import type { Resealable } from './resealable.ts';
import type { Sealing } from './sealing.ts';

/** Cleaned in one turn: 2 MiB to look through. */
const PAGES_AT_ONCE = 512;

/** A large table, taken in pieces. */
export interface ResealedInPieces {
  /** Seals the rows behind `after` (null: from the first) anew, those of one turn. Inside `within`. */
  piece(after: Position | null): ResealedPiece;
}

/** Of the last row looked at, by its primary key. */
export type Position = readonly number[];

export interface ResealedPiece {
  /** Null: there were no more; what came since is under the current key. */
  readonly last: Position | null;
  /** How much of the table is behind it, from 0 to 1. */
  readonly share: number;
  readonly resealed: number;
}

type State =
  | { readonly kind: 'idle' }
  | { readonly kind: 'small' }
  | { readonly kind: 'rows'; readonly table: number; readonly after: Position | null; readonly resealed: number }
  | { readonly kind: 'pages'; readonly from: number };

export interface ResealerOptions {
  readonly database: Database;
  readonly journal: GroupJournal;
  readonly sealing: Sealing;
  readonly small: readonly Resealable[];
  readonly large: readonly ResealedInPieces[];
  /** Takes keys of these ids out of keys.json. */
  readonly forget: (ids: readonly Uint8Array[]) => void;
}

export class Resealer {
  readonly #options: ResealerOptions;
  #state: State = { kind: 'idle' };
  /** Of the row count that the first round has been through. */
  #share = 0;

  constructor(options: ResealerOptions) {
    this.#options = options;
    if (options.sealing.ring.earlier.length > 0) this.begin();
  }

  /** How far it is, from 0 to 1; null: every row is under the current key, and no earlier one is left. */
  get share(): number | null {
    return this.#state.kind === 'idle' ? null : this.#share;
  }

  /** The current key has changed. */
  begin(): void {
    this.#state = { kind: 'small' };
    this.#share = 0;
  }

  /**
   * One piece, durable when it resolves: some milliseconds of work, but for the first, which takes all small tables.
   * @returns whether there is more to do. @throws StorageError write-failed: asked again, it tries again.
   */
  async step(): Promise<boolean> {
    const state = this.#state;
    const next = await this.#work(state);
    // Another passphrase may have been set meanwhile.
    if (this.#state === state) this.#state = next;
    return this.#state.kind !== 'idle';
  }

  async #work(state: State): Promise<State> {
    switch (state.kind) {
      case 'idle':
        return state;
      case 'small':
        await this.#options.journal.write(() => {
          for (const table of this.#options.small) table.reseal();
        });
        return { kind: 'rows', table: 0, after: null, resealed: 0 };
      case 'rows':
        return this.#rows(state);
      case 'pages':
        return this.#pages(state.from);
    }
  }

  async #rows(state: State & { kind: 'rows' }): Promise<State> {
    const { journal, large } = this.#options;
    const table = large[state.table];
    // Rows written meanwhile are under the current key; a round that found none to seal is the last.
    if (!table) return state.resealed > 0 ? { ...state, table: 0, resealed: 0 } : { kind: 'pages', from: 0 };
    const { last, share, resealed } = await journal.write(() => table.piece(state.after));
    this.#share = Math.max(this.#share, (state.table + share) / large.length);
    const sum = state.resealed + resealed;
    if (last === null) return { kind: 'rows', table: state.table + 1, after: null, resealed: sum };
    return { ...state, after: last, resealed: sum };
  }

  async #pages(from: number): Promise<State> {
    const { database, journal } = this.#options;
    // The log is emptied between two transactions.
    journal.flush();
    const next = sweepPages(database, from, PAGES_AT_ONCE);
    if (next === null) {
      this.#finish();
      return { kind: 'idle' };
    }
    await new Promise((resolve) => setImmediate(resolve));
    return { kind: 'pages', from: next };
  }

  #finish(): void {
    const { database, sealing, forget } = this.#options;
    emptyLog(database);
    const ids = sealing.ring.earlier;
    forget(ids);
    sealing.ring.drop(ids);
  }
}
