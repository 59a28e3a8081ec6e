// How many rows of one kind each contact or conversation has, or what they take: counted once, when first asked, and kept up with in memory from then on, so
// that neither a list of contacts nor a message reads a conversation. After a rollback they are counted anew.
import type { ContactRowids } from './contact-rowids.ts';
import type { ConversationRowids } from './conversation-rowids.ts';
import type { Database } from '../database.ts';

export interface CountedRows {
  readonly table: string;
  readonly where: string;
  /** Of each of them; left out: one. */
  readonly what?: string;
}

interface CountedBy {
  readonly column: string;
  readonly rowids: ContactRowids | ConversationRowids;
  /** A query of those that are not removed: rows of the others are not counted. */
  readonly kept: string;
}

const KEPT_CONTACTS = 'SELECT number FROM contact WHERE identity <> id';

export function byContact(rowids: ContactRowids): CountedBy {
  return { column: 'contact', rowids, kept: KEPT_CONTACTS };
}

export function byConversation(rowids: ConversationRowids): CountedBy {
  const kept = `SELECT number FROM conversation WHERE contact IS NULL OR contact IN (${KEPT_CONTACTS})`;
  return { column: 'conversation', rowids, kept };
}

export class RowCounter {
  readonly #database: Database;
  readonly #sql: string;
  #counts: Map<number, number> | null = null;

  /** @param by whose rows they are. */
  constructor(database: Database, rows: CountedRows, by: CountedBy) {
    this.#database = database;
    this.#sql = `
      SELECT ${by.column} AS owner, sum(${rows.what ?? '1'}) AS count FROM ${rows.table} WHERE ${rows.where}
      AND ${by.column} IN (${by.kept}) GROUP BY ${by.column}`;
    database.whenUndone(() => (this.#counts = null));
    by.rowids.whenRemoved((number) => this.#counts?.delete(number));
  }

  of(owner: number): number {
    return this.#all().get(owner) ?? 0;
  }

  total(): number {
    return [...this.#all().values()].reduce((sum, count) => sum + count, 0);
  }

  /** Rows came or went; said together with the change itself, before or after it. */
  add(owner: number, count: number): void {
    // Not counted yet: they will be.
    this.#counts?.set(owner, this.of(owner) + count);
  }

  #all(): Map<number, number> {
    this.#counts ??= new Map(this.#database.rows(this.#sql).map((row) => [row.number('owner'), row.number('count')]));
    return this.#counts;
  }
}
