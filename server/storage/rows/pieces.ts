// Rows taken in pieces that are bounded in number and in bytes.
import type { Database } from '../database.ts';
import type { Row } from './row.ts';

/** Looked at in one turn of the event loop: some milliseconds of opening and sealing. */
const ROWS_AT_ONCE = 100;
/** Once their sealed sizes together pass this, in bytes, a piece ends early. */
const BYTES_AT_ONCE = 256 * 1024;

/**
 * The next rows behind `after`, those of one turn; at least one, if there is any.
 * @param sizes gives a column `size` for the same rows as `behind`, which both end in `LIMIT ?`.
 */
export function rowsWithin(
  database: Database,
  sizes: string,
  behind: string,
  after: readonly number[],
): { readonly rows: readonly Row[]; /** There were more when it was asked. */ readonly more: boolean } {
  const found = database.rows(sizes, ...after, ROWS_AT_ONCE);
  const count = countWithin(found, BYTES_AT_ONCE);
  const rows = count === 0 ? [] : database.rows(`SELECT * ${behind}`, ...after, count);
  return { rows, more: count < found.length || count === ROWS_AT_ONCE };
}

/** How many of the first rows fit, each with its `size`: until their sizes together pass `maxBytes`. */
export function countWithin(sizes: readonly Row[], maxBytes: number): number {
  let bytes = 0;
  let count = 0;
  while (count < sizes.length && bytes <= maxBytes) {
    bytes += sizes[count]?.number('size') ?? 0;
    count += 1;
  }
  return count;
}
