// Contacts have an opaque id for everyone outside, and a small number inside the database, which makes every index over
// conversations short. This is the dictionary; what a rollback may have made wrong is looked up anew.
import type { ContactId } from '../../contract/ids.ts';
import { toHex } from '../../crypto/bytes.ts';
import type { Database } from '../database.ts';
import { idBytes } from './ids.ts';

/** No row has it: whoever asks for such a contact's rows finds none, and cannot add one. */
const NOBODY = 0;

export class ContactRowids {
  readonly #database: Database;
  readonly #numbers = new Map<ContactId, number>();
  readonly #keys = new Map<number, Uint8Array>();
  readonly #ids = new Map<number, ContactId>();
  readonly #removeListeners: ((number: number) => void)[] = [];

  constructor(database: Database) {
    this.#database = database;
    database.whenUndone(() => this.forget());
  }

  /** 0 for a contact that is not there. */
  of(id: ContactId): number {
    return this.#numbers.get(id) ?? this.#find(id);
  }

  /** The contact's id, 16 bytes; empty when there is none with this number. */
  keyOf(number: number): Uint8Array {
    const known = this.#keys.get(number);
    if (known) return known;
    const key = this.#database.row('SELECT id FROM contact WHERE number = ?', number)?.bytes('id');
    if (!key) return new Uint8Array(0);
    this.#keys.set(number, key);
    return key;
  }

  /** The contact's id; empty when there is none with this number. */
  idOf(number: number): ContactId {
    const known = this.#ids.get(number);
    if (known !== undefined) return known;
    const id = toHex(this.keyOf(number)) as ContactId;
    if (id.length > 0) this.#ids.set(number, id);
    return id;
  }

  /** `listener` is called with the number of each contact that is removed; its rows may be there for a while yet. */
  whenRemoved(listener: (number: number) => void): void {
    this.#removeListeners.push(listener);
  }

  removed(id: ContactId): void {
    for (const listener of this.#removeListeners) listener(this.of(id));
  }

  /** Numbers may come to be another's. */
  forget(): void {
    this.#numbers.clear();
    this.#keys.clear();
    this.#ids.clear();
  }

  #find(id: ContactId): number {
    const number = this.#database.row('SELECT number FROM contact WHERE id = ?', idBytes(id))?.number('number');
    if (number === undefined) return NOBODY;
    this.#numbers.set(id, number);
    return number;
  }
}
