// Where something is said: with one contact, or to ourselves. A conversation is not the contact it is with: what is said
// names the one, what is done about a person or their devices the other.
import type { ContactId, ConversationId } from '../../contract/ids.ts';
import { CommandError } from '../../contract/errors.ts';
import type { Store } from '../../storage/profile-store.ts';
import { directConversation } from '../../storage/rows/conversation-rowids.ts';
import { randomId, type Roster } from './roster.ts';

export type Conversation =
  | { readonly id: ConversationId; readonly kind: 'direct'; readonly contact: ContactId }
  | { readonly id: ConversationId; readonly kind: 'notes' };

export interface ConversationsOptions {
  readonly store: Store;
  readonly roster: Roster;
  readonly random: (length: number) => Uint8Array;
}

export class Conversations {
  readonly #options: ConversationsOptions;
  /** Hashes made once: contact to conversation and back. */
  readonly #direct = new Map<ContactId, ConversationId>();
  readonly #contacts = new Map<ConversationId, ContactId>();

  constructor(options: ConversationsOptions) {
    this.#options = options;
  }

  /** The id of the direct conversation with a contact. */
  directWith(contact: ContactId): ConversationId {
    const known = this.#direct.get(contact);
    if (known !== undefined) return known;
    const id = directConversation(contact);
    this.#direct.set(contact, id);
    this.#contacts.set(id, contact);
    return id;
  }

  find(id: ConversationId): Conversation | undefined {
    const contact = this.#contactOf(id);
    if (contact !== undefined) return { id, kind: 'direct', contact };
    return id === this.notes() ? { id, kind: 'notes' } : undefined;
  }

  /** One for each contact, and the notes once there are any. */
  list(): readonly Conversation[] {
    const direct = this.#options.roster.list().map(({ id }) => {
      return { id: this.directWith(id), kind: 'direct', contact: id } as const;
    });
    const notes = this.notes();
    return notes === null ? direct : [...direct, { id: notes, kind: 'notes' }];
  }

  /** The id of the notes to ourselves; null: not begun. */
  notes(): ConversationId | null {
    return this.#options.store.conversations.notes();
  }

  /** @returns their id, whoever began them. */
  async beginNotes(): Promise<ConversationId> {
    const { store, random } = this.#options;
    return store.journal.write(() => {
      const known = store.conversations.notes();
      if (known !== null) return known;
      const id = randomId(random) as ConversationId;
      store.conversations.addNotes(id);
      return id;
    });
  }

  /** @throws CommandError conversation-unknown. */
  get(id: ConversationId): Conversation {
    const conversation = this.find(id);
    if (!conversation) throw new CommandError('conversation-unknown', 'no such conversation');
    return conversation;
  }

  #contactOf(id: ConversationId): ContactId | undefined {
    const { roster } = this.#options;
    if (!this.#contacts.has(id)) for (const contact of roster.list()) this.directWith(contact.id);
    const contact = this.#contacts.get(id);
    return contact !== undefined && roster.find(contact) ? contact : undefined;
  }
}
