// Which covered rows a transaction changes, noted by SQLite itself: triggers write each old and new seal into a table,
// both temporary, in memory and never in the file. So nothing that changes a row can forget to say so, and what is undone
// or rolled back takes its notes with it.
import type { ChangedPart } from '../../contract/model.ts';
import type { Database } from '../database.ts';
import type { Row } from '../rows/row.ts';
import type { SetMember } from './set-hash.ts';

/** Where a covered row stands, and which rows count: those that hold something sealed. */
interface CoveredRows {
  readonly table: string;
  /** The column with the sealed body, and that of the primary key; null: there is one row only. */
  readonly body: string;
  readonly key: string | null;
  /** Column whose value, equal to the key, says that a row was removed and is deleted piece by piece. */
  readonly gone: string | null;
}

const covered = {
  identity: { table: 'profile', body: 'identity', key: null, gone: null },
  contact: { table: 'contact', body: 'body', key: 'id', gone: 'identity' },
  request: { table: 'request', body: 'body', key: 'id', gone: null },
  invite: { table: 'invite', body: 'body', key: 'id', gone: null },
  setting: { table: 'setting', body: 'body', key: 'id', gone: null },
} as const satisfies Record<ChangedPart, CoveredRows>;

/** What an older row, put back in its place, would change what Loom does. Not messages: each would cost a hash. */
export type CoveredTable = keyof typeof covered;

/** In the order in which the root has them: another one comes at the end. */
export const coveredTables = Object.keys(covered) as CoveredTable[];

export interface RowChange {
  readonly table: CoveredTable;
  readonly before: SetMember | null;
  readonly after: SetMember | null;
}

/** Called by the triggers; nothing in the file may, `trusted_schema` being off. */
const NOTE = 'loom_row_changed';

/** What the next commit is to do besides, by number: strings are not bound. */
const wishes = ['write', 'renew', 'dismiss'] as const;
export type Wish = (typeof wishes)[number];

export interface NotedChanges {
  /** Oldest first. */
  readonly rows: readonly RowChange[];
  readonly wishes: readonly Wish[];
}

export class RowChanges {
  readonly #database: Database;
  /** Something was noted since they were last taken; it may be undone. */
  #any = false;

  /** Notes what changes from now on. @throws StorageError write-failed. */
  constructor(database: Database) {
    this.#database = database;
    database.define(NOTE, () => (this.#any = true));
    database.transaction(() => database.script(NOTES + coveredTables.map(triggersOf).join('')));
  }

  /** Undone and rolled back like a change; inside `within`. */
  wish(wish: Wish): void {
    this.#database.change('INSERT INTO temp.row_change (wish) VALUES (?)', wishes.indexOf(wish));
    this.#any = true;
  }

  /** What was noted since the last time; just before a commit. Null: nothing. */
  take(): NotedChanges | null {
    if (!this.#any) return null;
    this.#any = false;
    const rows = this.#database.rows('SELECT * FROM temp.row_change ORDER BY number');
    if (rows.length === 0) return null;
    this.#database.change('DELETE FROM temp.row_change');
    const wished = rows.flatMap((row) => wishes[row.numberOrNull('wish') ?? wishes.length] ?? []);
    const changed = rows.filter((row) => row.numberOrNull('wish') === null);
    return { rows: changed.map(changeOf), wishes: wished };
  }
}

/** All members of one table as they stand now. @throws StorageError damaged when the file cannot be read. */
export function membersOf(database: Database, table: CoveredTable): SetMember[] {
  const sql = `SELECT ${keyOf(table)} AS key, ${sealOf(table)} AS seal FROM ${covered[table].table} WHERE ${counts(table)}`;
  return database.rows(sql).map((row) => ({ key: row.bytes('key'), seal: row.bytes('seal') }));
}

const NOTES = `
  CREATE TEMP TABLE row_change (
    number INTEGER PRIMARY KEY, wish INTEGER, covered INTEGER, old_key BLOB, old_seal BLOB, new_key BLOB, new_seal BLOB
  );`;

function triggersOf(name: CoveredTable, index: number): string {
  const { table, body, key, gone } = covered[name];
  const columns = [key, body, gone].filter((column) => column !== null);
  const [before, after] = (['OLD.', 'NEW.'] as const).map((row) => noted(name, row));
  const nothing = 'NULL, NULL';
  const trigger = (event: string, values: string): string => `
    CREATE TEMP TRIGGER ${name}_${event.slice(0, 6)} AFTER ${event} ON main.${table} BEGIN
      SELECT ${NOTE}();
      INSERT INTO row_change (covered, old_key, old_seal, new_key, new_seal) VALUES (${index}, ${values});
    END;`;
  return [
    trigger('INSERT', `${nothing}, ${after}`),
    trigger('DELETE', `${before}, ${nothing}`),
    trigger(`UPDATE OF ${columns.join(', ')}`, `${before}, ${after}`),
  ].join('');
}

/** Key and seal of a row that counts, NULL of another. */
function noted(name: CoveredTable, row: 'OLD.' | 'NEW.'): string {
  return `${keyOf(name, row)}, CASE WHEN ${counts(name, row)} THEN ${sealOf(name, row)} END`;
}

/** As a blob, whatever somebody made of the column. */
function keyOf(name: CoveredTable, row = ''): string {
  const { key } = covered[name];
  return key === null ? `x''` : `CAST(${row}${key} AS BLOB)`;
}

function sealOf(name: CoveredTable, row = ''): string {
  const body = `CAST(${row}${covered[name].body} AS BLOB)`;
  return `CAST(substr(${body}, 6, 24) || substr(${body}, -16) AS BLOB)`;
}

function counts(name: CoveredTable, row = ''): string {
  const { body, key, gone } = covered[name];
  const sealed = `coalesce(length(${row}${body}), 0) > 0`;
  return gone === null ? sealed : `${sealed} AND ${row}${gone} <> ${row}${key}`;
}

function changeOf(row: Row): RowChange {
  const table = coveredTables[row.number('covered')];
  if (table === undefined) throw new Error('no such table is covered');
  const member = (which: 'old' | 'new'): SetMember | null => {
    const seal = row.bytesOrNull(`${which}_seal`);
    return seal && { key: row.bytes(`${which}_key`), seal };
  };
  return { table, before: member('old'), after: member('new') };
}
