// A contact tells us the key that its adverts are recognised by.
import { equal } from '../../../crypto/bytes.ts';
import type { ContentOf } from '../../../protocol/content/content.ts';
import type { MessageKind } from './message-kind.ts';

export const presence: MessageKind<ContentOf<'presence'>> = {
  view: null,
  apply({ key }, { contact, roster, told }) {
    if (!contact || (contact.presenceKey && equal(contact.presenceKey, key))) return null;
    const { id } = contact;
    roster.put({ ...roster.get(id), presenceKey: key });
    return () => told.onPresence(id);
  },
};
