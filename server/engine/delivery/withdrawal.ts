// What of ours is taken back before it is on their disk: deleted, or no longer to be said.
import type { ConversationId, MessageId } from '../../contract/ids.ts';
import { encodeContent } from '../../protocol/content/content.ts';
import type { OutboxRow } from '../../storage/tables/outbox.ts';
import type { Composer } from './composer.ts';
import { readOurs, refOf, waitingRow, type Ours } from './drain.ts';
import type { OutboxOptions } from './outbox.ts';

const NOTHING = new Uint8Array(0);

export class Withdrawal {
  readonly #options: OutboxOptions;
  readonly #composer: Composer;

  constructor(options: OutboxOptions, composer: Composer) {
    this.#options = options;
    this.#composer = composer;
  }

  /**
   * Deletes one of ours that may not be on their disk yet; inside a `journal.write`.
   * @returns false when it does not wait to be sent.
   */
  erase(ours: Ours): boolean {
    const content = this.standIn(ours);
    return content !== null && this.#options.store.messages.erase(refOf(ours), content);
  }

  /**
   * In the place of one of ours that waits our presence key goes under the same number, unless it is on its way: left out,
   * a message would be missing there for ever. Inside a `journal.write`.
   * @returns the content to keep in its row instead; null: it does not wait.
   */
  standIn(ours: Ours): Uint8Array | null {
    const { store, clock, links, presenceKey } = this.#options;
    const rows = this.#waitingRows(ours);
    const [first] = rows;
    if (!first || (first.hidden && !first.as)) return null;
    for (const row of rows) links.activeLinkTo(row)?.inFlight.delete(row.id);
    if (!readOurs(store, ours)) {
      for (const row of rows) store.outbox.remove(row);
      return NOTHING;
    }
    for (const row of rows) store.outbox.replace(asPresence(row));
    return encodeContent({ t: 'presence', key: presenceKey(), at: clock.now(), seq: first.seq });
  }

  /** What acts of ours say is overwritten, whether or not they still wait to be sent; inside a `journal.write`. */
  acts(conversation: ConversationId, ids: readonly MessageId[]): void {
    const { store } = this.#options;
    for (const id of ids) {
      const act = readOurs(store, { conversation, id });
      if (act?.state !== 'hidden' || act.content.length === 0) continue;
      const content = this.standIn(act) ?? NOTHING;
      store.messages.overwrite({ ...act, content, receivedAt: 0, fading: undefined });
    }
  }

  /** Receipts that wait are not sent; inside a `journal.write`. */
  receipts(): void {
    for (const { conversation, id, as } of this.#options.store.outbox.acts())
      if (as === 'receipt') this.acts(conversation, [id]);
  }

  #waitingRows(ours: Ours): readonly OutboxRow[] {
    const { store, conversations } = this.#options;
    const place = conversations.find(ours.conversation);
    // Of a contact that was removed nothing waits, though it may be there for a while yet.
    const peers = place ? this.#composer.peers(place) : [];
    return peers.flatMap((peer) => waitingRow(store, peer, ours) ?? []);
  }
}

/** To be encrypted anew. */
function asPresence({ contact, device, conversation, id, seq, position }: OutboxRow): OutboxRow {
  return { contact, device, conversation, id, seq, position, hidden: true, session: null, envelope: null };
}
