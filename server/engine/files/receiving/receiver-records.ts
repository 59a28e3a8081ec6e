// What the sender of a file says beside its bytes: that it could send it, and that it sends it no further.
import type { ContactId, MessageId } from '../../../contract/ids.ts';
import { toHex } from '../../../crypto/bytes.ts';
import { parseReady, parseStop, STOP } from '../../../protocol/files/file-records.ts';
import { RECORD } from '../../../protocol/records.ts';
import type { Store } from '../../../storage/profile-store.ts';
import { runInBackground } from '../../background.ts';
import type { Conversations } from '../../contacts/conversations.ts';
import type { RecordRouter } from '../../links/record-router.ts';
import { heldBy, type Answers } from '../answers.ts';
import type { Receivers } from './receivers.ts';
import type { LiveTransfer, Transfers } from '../transfers.ts';

export interface ReceiverRecordsOptions {
  readonly store: Store;
  readonly conversations: Conversations;
  readonly router: RecordRouter;
  readonly transfers: Transfers;
  readonly answers: Answers;
  readonly receivers: Receivers;
  /** They stop one that we send. @returns false when it is none of ours. */
  readonly onStop: (contact: ContactId, id: string, reason: number) => Promise<boolean>;
  /** It never will be here. */
  readonly onOver: (live: LiveTransfer) => void;
}

export function hearSenders(options: ReceiverRecordsOptions): void {
  const { router } = options;
  router.on(RECORD.ready, ['active'], { handle: ({ contact }, body) => answer(options, contact, parseReady(body)) });
  router.on(RECORD.stop, ['active'], {
    handle: ({ contact }, body) => {
      const { id, reason } = parseStop(body);
      runInBackground(stopped(options, contact, toHex(id), reason));
    },
  });
}

/** They could send it. What was to be said of one that is over may have been lost. */
function answer(options: ReceiverRecordsOptions, contact: ContactId, id: Uint8Array): void {
  const { store, conversations, transfers, answers, receivers } = options;
  if (receivers.isStopped) return;
  const message = { conversation: conversations.directWith(contact), author: contact, id: toHex(id) as MessageId };
  const live = transfers.find(message);
  if (!live) {
    // Its message may be on its way still.
    if (!store.messages.has(message)) return;
    const transfer = store.transfers.get(message);
    if (transfer?.state === 'done') answers.got(transfer, transfer.size);
    else answers.stop({ contact, message }, transfer?.state === 'failed' ? STOP.damaged : STOP.declined);
    return;
  }
  if (live.held === 'by-them' || live.held === 'their-disk-full') live.held = null;
  if (live.transfer.state === 'paused') answers.stop(live.transfer, STOP.paused);
  else if (live.held === 'disk-full') answers.stop(live.transfer, STOP.diskFull);
  else receivers.ready(live);
}

async function stopped(
  { conversations, transfers, receivers, onStop, onOver }: ReceiverRecordsOptions,
  contact: ContactId,
  id: string,
  reason: number,
): Promise<void> {
  if (receivers.isStopped || (await onStop(contact, id, reason))) return;
  const conversation = conversations.directWith(contact);
  const live = transfers.find({ conversation, author: contact, id: id as MessageId });
  if (!live) return;
  receivers.end(live);
  const held = heldBy(reason);
  if (held) {
    live.held = held;
    transfers.tell(live, 'now');
    return;
  }
  const why = { [STOP.changed]: 'changed', [STOP.gone]: 'gone' } as const;
  const failed = Object.hasOwn(why, reason) ? why[reason as keyof typeof why] : null;
  const change = failed ? ({ state: 'failed', reason: failed } as const) : ({ state: 'cancelled' } as const);
  if (await transfers.change(live, change)) onOver(live);
}
