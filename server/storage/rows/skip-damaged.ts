// One damaged row must not hide the others: lists leave it out and report it.
import type { Row } from './row.ts';
import { StorageError } from '../errors.ts';
import { idOf } from './ids.ts';
import type { Sealing } from '../sealing/sealing.ts';

/** Opens each row; those that are damaged are left out and reported under their `id`, if that much of it is left. */
export function skipDamaged<T>(sealing: Sealing, table: string, rows: readonly Row[], open: (row: Row) => T): T[] {
  const opened: T[] = [];
  for (const row of rows) {
    try {
      opened.push(open(row));
    } catch (error) {
      if (!(error instanceof StorageError) || error.code !== 'damaged') throw error;
      sealing.onDamaged({ table, key: nameOf(row) });
    }
  }
  return opened;
}

function nameOf(row: Row): string {
  try {
    return idOf(row, 'id');
  } catch {
    return '';
  }
}
