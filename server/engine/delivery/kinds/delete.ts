// An author takes back what they said: nothing of it is left, and a tombstone in its place says that there was something.
import type { MessageId } from '../../../contract/ids.ts';
import { toHex } from '../../../crypto/bytes.ts';
import type { ContentOf } from '../../../protocol/content/content.ts';
import { UNTOUCHED } from '../../../storage/tables/message/folded.ts';
import type { MessageRecord } from '../../../storage/tables/message/message-record.ts';
import type { MessageKind } from './message-kind.ts';

export const deletion: MessageKind<ContentOf<'delete'>> = {
  view: null,
  apply(content, { act, entries }) {
    const { conversation, author, at } = act;
    const target = { conversation, author, id: toHex(content.of) as MessageId };
    return entries.change(
      content,
      { target, deed: 'deleted', change: (entry) => tombstone(entry, entries.standsIn(entry), at) },
      act,
    );
  },
};

/** Nobody need read what is gone. What stands for it where it waits to be sent stays (`Withdrawal.standIn`). */
function tombstone(entry: MessageRecord, kept: Uint8Array, at: number): MessageRecord {
  const state = entry.state === 'received' ? 'read' : entry.state;
  return { ...entry, state, content: kept, folded: { ...UNTOUCHED, deletedAt: at }, fading: undefined };
}
