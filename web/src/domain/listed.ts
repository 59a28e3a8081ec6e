// A contact as the list of conversations shows them: who they are, and what was last said with them.
import type { Contact, Conversation } from '../../../server/contract/model.ts';

export type Listed = Contact & Pick<Conversation, 'unread' | 'lastMessage'>;

/** @param conversation left out: nothing is known of it yet. */
export function listed(contact: Contact, conversation?: Conversation): Listed {
  return { ...contact, unread: conversation?.unread ?? 0, lastMessage: conversation?.lastMessage ?? null };
}
