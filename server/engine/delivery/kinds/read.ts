// A contact tells us up to where they have seen what we wrote.
import { OURSELVES } from '../../../contract/messages.ts';
import type { MessageId } from '../../../contract/ids.ts';
import { toHex } from '../../../crypto/bytes.ts';
import type { ContentOf } from '../../../protocol/content/content.ts';
import type { MessageKind } from './message-kind.ts';

export const read: MessageKind<ContentOf<'read'>> = {
  view: null,
  apply(content, { act, contact, entries, told }) {
    // What we tell ourselves of theirs is noted where it is told.
    if (!contact || !entries.takesReceipts()) return null;
    const { conversation, receivedAt } = act;
    const upTo = entries.place(content, { conversation, author: OURSELVES, id: toHex(content.upto) as MessageId }, act);
    if (upTo === null || !entries.seen(conversation, contact.id, { position: upTo, at: receivedAt })) return null;
    return () => told.onSeen(conversation, contact.id, upTo);
  },
};
