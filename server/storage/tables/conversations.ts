// Conversations that are not with one contact: notes to ourselves. A direct one comes and goes with its contact, and needs
// no record: its id follows from the contact's. In clear: kind and id, which messages are sealed to.
import type { ConversationId } from '../../contract/ids.ts';
import type { Database } from '../database.ts';
import { idBytes, idOf } from '../rows/ids.ts';
import type { Rowids } from '../rows/rowids.ts';

export interface ConversationTable {
  /** The id of the notes to ourselves; null: there are none yet. */
  notes(): ConversationId | null;
  /** Makes them, under an id that is used for nothing else; only where there are none. */
  addNotes(id: ConversationId): void;
}

const NOTES = 'SELECT id FROM conversation WHERE kind = 1 AND contact IS NULL AND id IS NOT NULL';

export class ClearConversations implements ConversationTable {
  readonly #database: Database;
  readonly #rowids: Rowids;
  /** Undefined: not looked up. */
  #notes: ConversationId | null | undefined;

  constructor(database: Database, rowids: Rowids) {
    this.#database = database;
    this.#rowids = rowids;
    database.whenUndone(() => (this.#notes = undefined));
  }

  notes(): ConversationId | null {
    if (this.#notes !== undefined) return this.#notes;
    const row = this.#database.row(NOTES);
    return (this.#notes = row && (idOf(row, 'id') as ConversationId));
  }

  addNotes(id: ConversationId): void {
    this.#database.change('INSERT INTO conversation (kind, id) VALUES (1, ?)', idBytes(id));
    this.#notes = id;
    this.#rowids.forget();
  }
}
