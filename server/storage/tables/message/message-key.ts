// What a message's row is sealed to: all of it that stands in clear and never changes.
//
//   scope(16) ‖ who ‖ id(16) ‖ seq(f64) ‖ position(f64)
//   scope  of a direct conversation the contact's id, of any other its own
//   who    1: ourselves; 0: the contact of a direct conversation; 2 ‖ author id(16): anyone else
//
// Rows are sealed so since there were contacts and directions alone; conversations and authors fit in without a row being
// sealed anew. Nothing in the row of a conversation or an author needs a seal of its own: once it is changed, no message
// opens that it speaks for.
import { OURS, type AuthorRowids } from '../../rows/author-rowids.ts';
import type { ConversationRowids } from '../../rows/conversation-rowids.ts';
import { idBytes } from '../../rows/ids.ts';
import type { Row } from '../../rows/row.ts';

const BY_CONTACT = Uint8Array.of(0);
const BY_OURSELVES = Uint8Array.of(1);
const BY_ANOTHER = 2;

export class MessageKeys {
  readonly #conversations: ConversationRowids;
  readonly #authors: AuthorRowids;

  constructor(conversations: ConversationRowids, authors: AuthorRowids) {
    this.#conversations = conversations;
    this.#authors = authors;
  }

  /** @param conversation and @param author as rows name them. @param id 16 bytes. */
  of(conversation: number, author: number, id: Uint8Array, seq: number, position: number): Uint8Array {
    const scope = this.#conversations.scopeOf(conversation);
    const who = this.#whoOf(conversation, author);
    const key = Buffer.allocUnsafe(scope.length + who.length + id.length + 16);
    key.set(scope);
    key.set(who, scope.length);
    key.set(id, scope.length + who.length);
    key.writeDoubleBE(seq, key.length - 16);
    key.writeDoubleBE(position, key.length - 8);
    return key;
  }

  /** The same of a row as it is stored. @throws StorageError damaged. */
  ofRow(row: Row): Uint8Array {
    const [conversation, author] = [row.number('conversation'), row.number('author')];
    return this.of(conversation, author, row.bytes('id'), row.number('seq'), row.number('position'));
  }

  #whoOf(conversation: number, author: number): Uint8Array {
    if (author === OURS) return BY_OURSELVES;
    const id = this.#authors.idOf(author);
    if (id === this.#conversations.contactOf(conversation)) return BY_CONTACT;
    // No such author: the row says so of itself, and opens for nobody.
    return id.length === 0 ? Uint8Array.of(BY_ANOTHER) : Uint8Array.of(BY_ANOTHER, ...idBytes(id));
  }
}
