// Authors have an opaque id for everyone outside, and a small number inside the database, as contacts do. There is one for
// each identity that says something; a contact has the id of theirs, but an author need be no contact.
import { toHex } from '../../crypto/bytes.ts';
import type { Database } from '../database.ts';
import { idBytes } from './ids.ts';
import { type AuthorId, OURSELVES } from '../../contract/messages.ts';

/** Ourselves, who have no row. */
export const OURS = 0;

/** No row has it, nor may have: whoever asks for what such an author said finds nothing, and cannot add it. */
const NOBODY = -1;

export class AuthorRowids {
  readonly #database: Database;
  readonly #numbers = new Map<AuthorId, number>();
  readonly #ids = new Map<number, AuthorId>();

  constructor(database: Database) {
    this.#database = database;
    database.whenUndone(() => this.forget());
  }

  /** @param author OURSELVES or an id. @returns -1 for one that is not there. */
  of(author: AuthorId): number {
    if (author === OURSELVES) return OURS;
    const known = this.#numbers.get(author);
    if (known !== undefined) return known;
    const sql = 'SELECT number FROM author WHERE id = ?';
    const number = this.#database.row(sql, idBytes(author))?.number('number');
    if (number === undefined) return NOBODY;
    this.#numbers.set(author, number);
    return number;
  }

  /** OURSELVES or an id; empty when there is none with this number. */
  idOf(number: number): AuthorId {
    if (number === OURS) return OURSELVES;
    const known = this.#ids.get(number);
    if (known !== undefined) return known;
    const bytes = this.#database.row('SELECT id FROM author WHERE number = ?', number)?.bytes('id');
    if (!bytes) return '' as AuthorId;
    const id = toHex(bytes) as AuthorId;
    this.#ids.set(number, id);
    return id;
  }

  /** Numbers may come to be another's. */
  forget(): void {
    this.#numbers.clear();
    this.#ids.clear();
  }
}
