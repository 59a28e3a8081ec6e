// Conversations have an opaque id for everyone outside, and a small number inside the database. Here all of them are known
// by both, read at once when one is asked for that is not known yet.
import { createHash } from 'node:crypto';
import type { ContactId, ConversationId } from '../../contract/ids.ts';
import { toHex } from '../../crypto/bytes.ts';
import type { ContactRowids } from './contact-rowids.ts';
import type { Database } from '../database.ts';
import { idBytes } from './ids.ts';
import type { Row } from './row.ts';

/** No row has it: whoever asks for such a conversation's rows finds none, and cannot add one. */
const NONE = 0;
const NO_CONTACT = '' as ContactId;

const ALL = `
  SELECT conversation.number, conversation.id AS own, contact, contact.id AS contact_id
  FROM conversation LEFT JOIN contact ON contact.number = conversation.contact`;

interface Known {
  readonly number: number;
  readonly id: ConversationId;
  /** 16 bytes that its messages are sealed to. */
  readonly scope: Uint8Array;
  /** Of a direct one, with whom: id and number; else empty and 0. */
  readonly contact: ContactId;
  readonly contactNumber: number;
}

/**
 * The id of the direct conversation with a contact. It follows from the contact's and is another, so that nothing takes
 * the one for the other.
 */
export function directConversation(contact: ContactId): ConversationId {
  const hash = createHash('sha256').update('loom direct conversation').update(idBytes(contact));
  return hash.digest('hex').slice(0, 32) as ConversationId;
}

export class ConversationRowids {
  readonly #database: Database;
  readonly #byId = new Map<ConversationId, Known>();
  readonly #byNumber = new Map<number, Known>();
  readonly #removeListeners: ((number: number) => void)[] = [];

  constructor(database: Database, contacts: ContactRowids) {
    this.#database = database;
    database.whenUndone(() => this.forget());
    contacts.whenRemoved((contact) => {
      const gone = [...this.#load().#byNumber.values()].find(({ contactNumber }) => contactNumber === contact);
      for (const listener of this.#removeListeners) if (gone) listener(gone.number);
    });
  }

  /** 0 for one that is not there. */
  of(id: ConversationId): number {
    return (this.#byId.get(id) ?? this.#load().#byId.get(id))?.number ?? NONE;
  }

  /** Empty when there is none with this number. */
  idOf(number: number): ConversationId {
    return this.#known(number)?.id ?? ('' as ConversationId);
  }

  /** What its messages are sealed to, 16 bytes; empty when there is none with this number. */
  scopeOf(number: number): Uint8Array {
    return this.#known(number)?.scope ?? new Uint8Array(0);
  }

  /** With whom a direct one is; empty for any other. */
  contactOf(number: number): ContactId {
    return this.#known(number)?.contact ?? NO_CONTACT;
  }

  /** The same as the contact's number; 0 for any other. */
  contactNumberOf(number: number): number {
    return this.#known(number)?.contactNumber ?? NONE;
  }

  /** `listener` is called with the number of each whose contact is removed; its rows may be there for a while yet. */
  whenRemoved(listener: (number: number) => void): void {
    this.#removeListeners.push(listener);
  }

  /** Numbers may come to be another's. */
  forget(): void {
    this.#byId.clear();
    this.#byNumber.clear();
  }

  #known(number: number): Known | undefined {
    return this.#byNumber.get(number) ?? this.#load().#byNumber.get(number);
  }

  #load(): this {
    for (const row of this.#database.rows(ALL)) {
      if (this.#byNumber.has(row.number('number'))) continue;
      const known = read(row);
      if (!known) continue;
      this.#byId.set(known.id, known);
      this.#byNumber.set(known.number, known);
    }
    return this;
  }
}

/** Null for one that is neither with a contact nor has an id of its own, which no Loom writes. */
function read(row: Row): Known | null {
  const number = row.number('number');
  const contactKey = row.bytesOrNull('contact_id');
  if (contactKey) {
    const contact = toHex(contactKey) as ContactId;
    const id = directConversation(contact);
    return { number, id, scope: contactKey, contact, contactNumber: row.number('contact') };
  }
  const own = row.bytesOrNull('own');
  return own && { number, id: toHex(own) as ConversationId, scope: own, contact: NO_CONTACT, contactNumber: NONE };
}
