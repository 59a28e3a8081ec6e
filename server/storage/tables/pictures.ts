// Pictures that contacts give themselves, one each. In clear: who has one. Which one counts is said in the contact's own row,
// so one that was put back here is shown to nobody.
import { z } from 'zod';
import type { ContactId } from '../../contract/ids.ts';
import type { Database } from '../database.ts';
import { idBytes } from '../rows/ids.ts';
import { rowsWithin } from '../rows/pieces.ts';
import type { Row } from '../rows/row.ts';
import type { Rowids } from '../rows/rowids.ts';
import { skipDamaged } from '../rows/skip-damaged.ts';
import type { Position, ResealedInPieces, ResealedPiece } from '../sealing/resealer.ts';
import { bytesSchema, type SealedRow, type Sealing, type TableSeal } from '../sealing/sealing.ts';

export interface PictureTable {
  /** Null: there is none; one that is damaged is reported, and is none. */
  get(contact: ContactId): Uint8Array | null;
  /** In place of the one before, of which nothing stays on the disk; null: none. Inside a `journal.write`. */
  put(contact: ContactId, picture: Uint8Array | null): void;
}

const bodySchema = z.object({ picture: bytesSchema });

const ADD = 'INSERT INTO picture (contact, body) VALUES (?, ?)';
const BEHIND = 'FROM picture WHERE contact > ? ORDER BY contact LIMIT ?';
const SIZES = `SELECT length(body) AS size ${BEHIND}`;

export class SealedPictures implements PictureTable, ResealedInPieces {
  readonly #database: Database;
  readonly #sealing: Sealing;
  readonly #seal: TableSeal;
  readonly #rowids: Rowids;

  constructor(database: Database, sealing: Sealing, rowids: Rowids) {
    this.#database = database;
    this.#sealing = sealing;
    this.#rowids = rowids;
    this.#seal = sealing.table('picture');
    rowids.contacts.whenRemoved((number) => this.#delete(number));
  }

  get(contact: ContactId): Uint8Array | null {
    const number = this.#rowids.contacts.of(contact);
    const rows = this.#database.rows('SELECT * FROM picture WHERE contact = ?', number);
    const opened = skipDamaged(this.#sealing, 'picture', rows, (row) =>
      this.#seal.open(idBytes(contact), row.bytes('body'), bodySchema),
    );
    return opened[0]?.picture ?? null;
  }

  put(contact: ContactId, picture: Uint8Array | null): void {
    const number = this.#rowids.contacts.of(contact);
    this.#delete(number);
    if (picture) this.#database.change(ADD, number, this.#seal.seal(idBytes(contact), { picture }));
  }

  piece(after: Position | null): ResealedPiece {
    const { rows, more } = rowsWithin(this.#database, SIZES, BEHIND, after ?? [0]);
    const old = rows.filter((row) => !this.#place(row).isCurrent(row.bytes('body')));
    for (const row of old) this.#reseal(row);
    const last = rows.at(-1);
    if (!more || !last) return { last: null, share: 1, resealed: old.length };
    const number = last.number('contact');
    const newest = this.#database.row('SELECT max(contact) AS newest FROM picture')?.numberOrNull('newest') ?? 1;
    return { last: [number], share: number / newest, resealed: old.length };
  }

  /** What does not open is given up. */
  #reseal(row: Row): void {
    const number = row.number('contact');
    const [sealed] = skipDamaged(this.#sealing, 'picture', [row], () => this.#place(row).reseal(row.bytes('body')));
    if (sealed) this.#database.change('UPDATE picture SET body = ? WHERE contact = ?', sealed, number);
    else this.#delete(number);
  }

  #place(row: Row): SealedRow {
    return this.#seal.at(this.#rowids.contacts.keyOf(row.number('contact')));
  }

  #delete(number: number): void {
    const gone = this.#database.change('DELETE FROM picture WHERE contact = ?', number);
    if (gone > 0) this.#database.scrub();
  }
}
