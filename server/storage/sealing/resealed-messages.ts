// Messages sealed anew under the current master key, in pieces.
import { equal } from '../../crypto/bytes.ts';
import { skipDamaged } from '../rows/skip-damaged.ts';
import type { Database } from '../database.ts';
import type { Rowids } from '../rows/rowids.ts';
import { rowsWithin } from '../rows/pieces.ts';
import type { Position, ResealedInPieces, ResealedPiece } from './resealer.ts';
import type { Row } from '../rows/row.ts';
import type { SealedRow, Sealing, TableSeal } from './sealing.ts';

const BEHIND = 'FROM message WHERE number > ? ORDER BY number LIMIT ?';
const SIZES = `SELECT length(body) AS size ${BEHIND}`;
const RESEAL = 'UPDATE message SET tag = ?, body = ? WHERE number = ?';
const NOTHING = new Uint8Array(0);

export class ResealedMessages implements ResealedInPieces {
  readonly #database: Database;
  readonly #sealing: Sealing;
  readonly #seal: TableSeal;
  readonly #rowids: Rowids;

  constructor(database: Database, sealing: Sealing, rowids: Rowids) {
    this.#database = database;
    this.#sealing = sealing;
    this.#seal = sealing.table('message');
    this.#rowids = rowids;
  }

  piece(after: Position | null): ResealedPiece {
    const { rows, more } = rowsWithin(this.#database, SIZES, BEHIND, after ?? [0]);
    const resealed = rows.filter((row) => this.#reseal(row)).length;
    const last = rows.at(-1);
    if (!more || !last) return { last: null, share: 1, resealed };
    const number = last.number('number');
    return { last: [number], share: number / this.#newest(), resealed };
  }

  #newest(): number {
    return this.#database.row('SELECT max(number) AS newest FROM message')?.numberOrNull('newest') ?? 1;
  }

  /** @returns whether there was anything to do. */
  #reseal(row: Row): boolean {
    const number = row.number('number');
    const [tag, body] = [row.bytes('tag'), row.bytes('body')];
    // Given up before.
    if (body.length === 0) return false;
    const place = this.#seal.at(this.#rowids.messageKeys.ofRow(row));
    const anew = place.tag('state', row.number('state'));
    // Body and tag are written apart, so that either may be under the current key already.
    if (place.isCurrent(body) && equal(anew, tag)) return false;
    const [sealed] = skipDamaged(this.#sealing, 'message', [row], () => resealed(place, row));
    if (sealed) this.#database.change(RESEAL, anew, sealed, number);
    else this.#database.change(RESEAL, NOTHING, NOTHING, number);
    return true;
  }
}

/** @throws StorageError damaged. */
function resealed(place: SealedRow, row: Row): Uint8Array {
  place.requireTag(row.bytes('tag'), 'state', row.number('state'));
  return place.reseal(row.bytes('body'));
}
