// Tables that can be sealed anew under another master key.
import type { Row } from '../rows/row.ts';
import { skipDamaged } from '../rows/skip-damaged.ts';
import type { Sealing } from './sealing.ts';

export interface Resealable {
  /**
   * Everything in the table under the current key, look-up entries and tags included: one piece, for tables that are
   * small. Inside `within`. What cannot be opened is reported and given up: an earlier key must open nothing of it.
   */
  reseal(): void;
}

/** @param reseal throws StorageError damaged before it changes anything. @param lose gives a row up. */
export function resealRows(
  sealing: Sealing,
  table: string,
  rows: readonly Row[],
  lose: (row: Row) => void,
  reseal: (row: Row) => void,
): void {
  for (const row of rows) {
    const done = skipDamaged(sealing, table, [row], (sealed) => {
      reseal(sealed);
      return true;
    });
    if (done.length === 0) lose(row);
  }
}
