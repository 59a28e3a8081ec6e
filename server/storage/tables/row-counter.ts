// How many rows of one kind each contact has, or what they take: counted once, when first asked, and kept up with in memory from then on, so
// that neither a list of contacts nor a message reads a conversation. After a rollback they are counted anew.
import type { ContactRowids } from './contact-rowids.ts';
import type { Database } from '../database.ts';

export class RowCounter {
  readonly #database: Database;
  readonly #sql: string;
  #counts: Map<number, number> | null = null;

  /**
   * @param where what is counted: rows of a table with a column `contact`. Those of removed contacts are left out.
   * @param what of each of them, if not one.
   */
  constructor(database: Database, numbers: ContactRowids, table: string, where: string, what = '1') {
    this.#database = database;
    this.#sql = `
      SELECT contact, sum(${what}) AS count FROM ${table} WHERE ${where}
      AND contact IN (SELECT number FROM contact WHERE identity <> id) GROUP BY contact`;
    database.whenUndone(() => (this.#counts = null));
    numbers.whenRemoved((contact) => this.#counts?.delete(contact));
  }

  of(contact: number): number {
    return this.#all().get(contact) ?? 0;
  }

  total(): number {
    return [...this.#all().values()].reduce((sum, count) => sum + count, 0);
  }

  /** Rows came or went; said together with the change itself, before or after it. */
  add(contact: number, count: number): void {
    // Not counted yet: they will be.
    this.#counts?.set(contact, this.of(contact) + count);
  }

  #all(): Map<number, number> {
    this.#counts ??= new Map(this.#database.rows(this.#sql).map((row) => [row.number('contact'), row.number('count')]));
    return this.#counts;
  }
}
