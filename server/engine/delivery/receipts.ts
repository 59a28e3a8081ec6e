// Whether people tell each other what they have read, both ways or not at all; and what there is to tell.
import type { ConversationId } from '../../contract/ids.ts';
import { OURSELVES } from '../../contract/messages.ts';
import { fromHex } from '../../crypto/bytes.ts';
import type { SaidOf } from '../../protocol/content/content.ts';
import type { Store } from '../../storage/profile-store.ts';
import type { Clock } from '../../timing/clock.ts';
import type { Conversations } from '../contacts/conversations.ts';
import type { Roster } from '../contacts/roster.ts';

const SETTING = 'receipts';

export interface ReceiptsOptions {
  readonly store: Store;
  readonly roster: Roster;
  readonly conversations: Conversations;
  readonly clock: Pick<Clock, 'now'>;
}

export class Receipts {
  readonly #options: ReceiptsOptions;

  constructor(options: ReceiptsOptions) {
    this.#options = options;
  }

  /** On until a person says otherwise. Read anew each time: inside a write, what was written before it in the same turn counts. */
  get on(): boolean {
    return this.#options.store.settings.get(SETTING) !== false;
  }

  /** @param withdraw takes back those that wait to be sent; asked when they are turned off. */
  async set(on: boolean, withdraw: () => void): Promise<void> {
    const { store } = this.#options;
    await store.journal.write(() => {
      store.settings.put(SETTING, on);
      if (!on) withdraw();
    });
  }

  /**
   * Up to where we have read, for whoever wrote it, and notes that it is told; inside a `journal.write`. Null: it is known
   * to them, waits to be sent, or is not to be told: not now, and not when that changes.
   */
  due(conversation: ConversationId): SaidOf<'read'> | null {
    const { store, roster, conversations, clock } = this.#options;
    const place = conversations.find(conversation);
    const contact = place?.kind === 'direct' ? roster.find(place.contact) : undefined;
    if (!contact || store.outbox.receipts(contact.id) > 0) return null;
    const last = store.messages.lastSeen(conversation, store.seen.upTo(conversation, OURSELVES));
    if (!last || !store.seen.add(conversation, OURSELVES, { position: last.position, at: clock.now() })) return null;
    return this.on && !contact.blocked ? { t: 'read', upto: fromHex(last.id) } : null;
  }
}
