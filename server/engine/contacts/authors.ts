// Who says something in a conversation, by identity key as the wire names them, and by id as everything here does.
import type { ConversationId } from '../../contract/ids.ts';
import { OURSELVES, type AuthorId } from '../../contract/messages.ts';
import { equal } from '../../crypto/bytes.ts';
import type { Conversations } from './conversations.ts';
import type { Roster } from './roster.ts';

export interface AuthorsOptions {
  readonly roster: Roster;
  readonly conversations: Conversations;
  /** 32 bytes. */
  readonly ourIdentity: Uint8Array;
}

export class Authors {
  readonly #options: AuthorsOptions;

  constructor(options: AuthorsOptions) {
    this.#options = options;
  }

  /** Who has this identity key in a conversation; null: nobody who is in it. */
  find(conversation: ConversationId, identityKey: Uint8Array): AuthorId | null {
    const { roster, conversations, ourIdentity } = this.#options;
    if (equal(identityKey, ourIdentity)) return OURSELVES;
    const place = conversations.find(conversation);
    const contact = place?.kind === 'direct' ? roster.find(place.contact) : undefined;
    return contact && equal(contact.ik, identityKey) ? contact.id : null;
  }

  /** Identity key, 32 bytes. @throws CommandError contact-unknown. */
  identityOf(author: AuthorId): Uint8Array {
    return author === OURSELVES ? this.#options.ourIdentity : this.#options.roster.get(author).ik;
  }
}
