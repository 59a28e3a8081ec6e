// A contact tells us the key that its adverts are recognised by.
import { equal } from '../../../crypto/bytes.ts';
import type { ContentOf } from '../../../protocol/content/content.ts';
import type { MessageKind } from './message-kind.ts';

export const presence: MessageKind<ContentOf<'presence'>> = {
  view: null,
  apply({ key }, { contact: { id, presenceKey }, roster, told }) {
    if (presenceKey && equal(presenceKey, key)) return null;
    roster.put({ ...roster.get(id), presenceKey: key });
    return () => told.onPresence(id);
  },
};
