// How much each contact's messages take on this disk, hidden ones left out: a number beside each contact, kept up with in
// memory and written with the commit. It has no tag: whoever can change it could as well delete what it counts.
import type { ContactRowids } from '../rows/contact-rowids.ts';
import type { Database } from '../database.ts';

export class HeldBytes {
  readonly #database: Database;
  readonly #held = new Map<number, number>();

  constructor(database: Database, contacts: ContactRowids) {
    this.#database = database;
    database.whenUndone(() => this.#held.clear());
    contacts.whenRemoved((contact) => this.#held.delete(contact));
  }

  of(contact: number): number {
    const known = this.#held.get(contact);
    if (known !== undefined) return known;
    this.#database.settle();
    const held = this.#database.row('SELECT held FROM contact WHERE number = ?', contact)?.number('held') ?? 0;
    this.#held.set(contact, held);
    return held;
  }

  /** A message of theirs came or went; inside a `journal.write`. */
  add(contact: number, bytes: number): void {
    const held = Math.max(0, this.of(contact) + bytes);
    this.#held.set(contact, held);
    const values = [held, contact] as const;
    this.#database.later(`held ${contact}`, 'UPDATE contact SET held = ? WHERE number = ?', () => values);
  }
}
