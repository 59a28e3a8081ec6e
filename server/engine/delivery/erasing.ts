// One message deleted from this device for good, with all that acts of ours say of it.
import type { MessageId } from '../../contract/ids.ts';
import { OURSELVES } from '../../contract/messages.ts';
import type { Store } from '../../storage/profile-store.ts';
import { isOurs, type MessageRecord, type MessageRef } from '../../storage/tables/message/message-record.ts';
import type { Entries } from './entries.ts';
import type { Outbox } from './outbox.ts';

export interface ErasingOptions {
  readonly store: Pick<Store, 'messages'>;
  readonly entries: Pick<Entries, 'find'>;
  readonly outbox: Pick<Outbox, 'withdrawal'>;
}

export class Erasing {
  readonly #options: ErasingOptions;

  constructor(options: ErasingOptions) {
    this.#options = options;
  }

  /** Inside a `journal.write`. @returns false when there is none to be seen. */
  erase(message: MessageRef): boolean {
    const { store, entries, outbox } = this.#options;
    const { withdrawal } = outbox;
    const entry = entries.find(message);
    if (entry) withdrawal.acts(message.conversation, actsOn(entry));
    if (isOurs(message) && withdrawal.erase(message)) return true;
    // What stands for one that was taken back may be on its way still.
    return entry?.folded?.deletedAt != null
      ? store.messages.erase(message, entry.content)
      : store.messages.erase(message);
  }
}

/** Acts of ours that say something of it. */
export function actsOn({ author, folded }: MessageRecord): readonly MessageId[] {
  const edits = author === OURSELVES ? (folded?.edits ?? []) : [];
  const reactions = folded?.reactions.filter(({ by }) => by === OURSELVES) ?? [];
  return [...edits, ...reactions].map(({ act }) => act);
}
