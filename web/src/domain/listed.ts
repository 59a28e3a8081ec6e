// A contact as the list of conversations shows them: who they are, and what was last said with them.
import { NO_MARKS } from '../../../server/contract/marks.ts';
import type { Contact, Conversation } from '../../../server/contract/model.ts';

export type Listed = Contact & Pick<Conversation, 'unread' | 'lastMessage' | 'marks' | 'timer'>;

/** @param conversation left out: nothing is known of it yet. */
export function listed(contact: Contact, conversation?: Conversation): Listed {
  const { unread = 0, lastMessage = null, marks = NO_MARKS, timer = 0 } = conversation ?? {};
  return { ...contact, unread, lastMessage, marks, timer };
}
