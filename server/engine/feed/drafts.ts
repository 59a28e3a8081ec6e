// What is typed and not sent: told to all tabs at once, and to the disk once a while, however many keys that was.
//
//   draft.set ─▶ in memory, event draft.changed ─▶ WRITE_MS after the first, or at once when one is sent or cleared ─▶ disk
import type { Draft } from '../../contract/drafts.ts';
import { CommandError } from '../../contract/errors.ts';
import type { ConversationId } from '../../contract/ids.ts';
import { DRAFTS_BYTES, DRAFTS_KEPT } from '../../contract/limits.ts';
import { utf8 } from '../../crypto/bytes.ts';
import type { Store } from '../../storage/profile-store.ts';
import type { Clock } from '../../timing/clock.ts';
import { deferred, type Deferred } from '../../timing/deferred.ts';
import type { Conversations } from '../contacts/conversations.ts';
import type { EventLog } from '../event-log.ts';

/** What is typed in this time goes to the disk together; so much is lost at most when the power fails. */
export const WRITE_MS = 1000;

export interface DraftsOptions {
  readonly store: Store;
  readonly conversations: Pick<Conversations, 'find'>;
  readonly clock: Clock;
  readonly events: EventLog;
}

interface Kept {
  readonly draft: Draft;
  /** As UTF-8. */
  readonly bytes: number;
}

export class Drafts {
  readonly #options: DraftsOptions;
  /** Empty ones are kept as well: their revision is known. Null: not read from the disk yet. */
  #kept: Map<ConversationId, Kept> | null = null;
  readonly #unwritten = new Set<ConversationId>();
  #waiting: Deferred<void> | null = null;
  #cancel: () => void = () => undefined;
  #revision = 0;

  constructor(options: DraftsOptions) {
    this.#options = options;
  }

  list(): readonly Draft[] {
    return [...this.#all().values()].flatMap(({ draft }) => (draft.body === '' ? [] : draft));
  }

  /**
   * @returns its revision, once it is on the disk.
   * @throws CommandError too-many when there are DRAFTS_KEPT or DRAFTS_BYTES; StorageError.
   */
  async set(conversation: ConversationId, body: string): Promise<number> {
    const before = this.#all().get(conversation)?.draft;
    if ((before?.body ?? '') !== body) this.#change(conversation, body);
    const written = this.#written(conversation, body);
    const revision = this.#all().get(conversation)?.draft.revision ?? 0;
    await written;
    return revision;
  }

  /** Of a contact who was removed: on the disk it went with them. */
  forget(conversation: ConversationId): void {
    this.#kept?.delete(conversation);
    this.#unwritten.delete(conversation);
  }

  /** What waits goes to the disk now. */
  write(): void {
    this.#cancel();
    const waiting = this.#waiting;
    this.#waiting = null;
    const some = [...this.#unwritten].map((id) => [id, this.#all().get(id)?.draft.body ?? ''] as const);
    if (some.length === 0) return waiting?.resolve();
    this.#unwritten.clear();
    const { conversations, store } = this.#options;
    const { journal, drafts } = store;
    const writing = journal.write(() => {
      // A contact may be removed while it waits.
      for (const [conversation, body] of some) if (conversations.find(conversation)) drafts.put(conversation, body);
    });
    writing.then(waiting?.resolve, (error: unknown) => {
      // It is tried again with the next one, when the disk works again, and at the end.
      for (const [conversation] of some) this.#unwritten.add(conversation);
      waiting?.reject(error);
    });
  }

  stop(): void {
    this.write();
  }

  #change(conversation: ConversationId, body: string): void {
    const all = this.#all();
    const bytes = utf8(body).length;
    this.#requireRoom(conversation, bytes);
    this.#revision += 1;
    const draft = { conversation, body, revision: this.#revision };
    all.set(conversation, { draft, bytes });
    this.#unwritten.add(conversation);
    const { events, conversations } = this.#options;
    const read = (): { draft: Draft } | null => {
      const now = conversations.find(conversation) && this.#kept?.get(conversation);
      return now ? { draft: now.draft } : null;
    };
    events.emit('draft.changed', { draft }, { about: conversation, read });
  }

  #requireRoom(conversation: ConversationId, bytes: number): void {
    if (bytes === 0) return;
    const others = [...this.#all().values()].filter(({ draft }) => draft.conversation !== conversation);
    const count = others.filter((other) => other.bytes > 0).length;
    const sum = others.reduce((total, other) => total + other.bytes, bytes);
    if (count < DRAFTS_KEPT && sum <= DRAFTS_BYTES) return;
    throw new CommandError('too-many', 'there are too many drafts: send or clear some');
  }

  /** Settles when nothing of this conversation waits any more. */
  #written(conversation: ConversationId, body: string): Promise<void> | undefined {
    if (!this.#unwritten.has(conversation)) return undefined;
    if (this.#waiting === null) {
      this.#waiting = deferred();
      this.#cancel = this.#options.clock.after(WRITE_MS, () => this.write());
    }
    const { promise } = this.#waiting;
    // Sent or cleared: nothing of it stays for longer than it must.
    if (body === '') this.write();
    return promise;
  }

  #all(): Map<ConversationId, Kept> {
    if (this.#kept) return this.#kept;
    const stored = this.#options.store.drafts.list();
    this.#kept = new Map(
      stored.map(({ conversation, body }) => [
        conversation,
        { draft: { conversation, body, revision: 0 }, bytes: utf8(body).length },
      ]),
    );
    return this.#kept;
  }
}
