// What has to go by itself: keys that were kept long enough, though nobody uses their session, and what removed contacts
// leave; and conversations that are cleared. In pieces, so that neither many contacts nor a long conversation holds up the
// event loop.
import { CommandError } from '../../contract/errors.ts';
import type { ContactId, ConversationId } from '../../contract/ids.ts';
import type { MessageRef } from '../../storage/tables/message/message-record.ts';
import type { Store } from '../../storage/profile-store.ts';
import type { Clock } from '../../timing/clock.ts';
import { runInBackground } from '../background.ts';
import { devicesOf } from '../contacts/devices.ts';
import type { Roster } from '../contacts/roster.ts';
import type { Entries } from './entries.ts';
import type { Sessions } from './sessions.ts';

/** Keys are kept for days: an hour more or less is nothing. */
const TIDY_MS = 60 * 60 * 1000;

/** Contacts looked at in one turn of the event loop: some milliseconds. */
const TIDIED_AT_ONCE = 16;

/** Rows deleted in one turn, and bytes: some ten milliseconds, which nobody notices. */
export const CLEARED_AT_ONCE = 250;
export const CLEARED_BYTES = 4 * 1024 * 1024;

/** Rows marked as read in one turn, and bytes: as long. Those that disappear are sealed anew. */
const READ_AT_ONCE = 500;
const READ_BYTES = 4 * 1024 * 1024;

export interface ExpiryOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly roster: Roster;
  readonly sessions: Sessions;
  readonly entries: Pick<Entries, 'expire'>;
}

export class Expiry {
  readonly #options: ExpiryOptions;
  #cancel: () => void = () => undefined;
  #stopped = false;

  constructor(options: ExpiryOptions) {
    this.#options = options;
  }

  start(): void {
    for (const contact of this.#options.store.contacts.removed()) runInBackground(this.#clear(contact));
    this.#tidyNow();
  }

  stop(): void {
    this.#stopped = true;
    this.#cancel();
  }

  /** Resolves once the contact is gone for good; a long conversation goes on being deleted after that. */
  async remove(contact: ContactId): Promise<void> {
    const { store, roster } = this.#options;
    const left = await store.journal.write(() => {
      roster.remove(contact);
      return store.contacts.purgeRemoved(contact, CLEARED_AT_ONCE, CLEARED_BYTES);
    });
    if (left) runInBackground(this.#clear(contact));
  }

  /** Deletes what is in a conversation now, message by message. @throws CommandError task-stopped. */
  async clearConversation(conversation: ConversationId, erase: (message: MessageRef) => void): Promise<void> {
    const { messages, journal } = this.#options.store;
    const until = messages.newestRow();
    const erasePiece = (): boolean => {
      const piece = messages.shown(conversation, until, CLEARED_AT_ONCE, CLEARED_BYTES);
      for (const message of piece) erase(message);
      return piece.length > 0;
    };
    let left = true;
    while (left) {
      if (this.#stopped) throw new CommandError('task-stopped', 'the profile was closed');
      left = await journal.write(erasePiece);
    }
  }

  /** Marks what is unread in a conversation now as read, up to `position` if it is given. @throws CommandError task-stopped. */
  async read(conversation: ConversationId, position?: number): Promise<void> {
    const { store, clock } = this.#options;
    const { messages, journal } = store;
    const until = messages.newestRow();
    const readPiece = (after: number): number | null => {
      const end = messages.unreadUpTo(conversation, { after, until, position }, READ_AT_ONCE, READ_BYTES);
      if (end !== null) messages.markRead(conversation, clock.now(), end, position);
      return end;
    };
    let after: number | null = 0;
    while (after !== null) {
      if (this.#stopped) throw new CommandError('task-stopped', 'the profile was closed');
      const from: number = after;
      after = await journal.write(() => readPiece(from));
    }
  }

  async #clear(contact: ContactId): Promise<void> {
    const { contacts, journal } = this.#options.store;
    const clearPiece = (): boolean => contacts.purgeRemoved(contact, CLEARED_AT_ONCE, CLEARED_BYTES);
    let left = true;
    // What is left at the end is found again at the next start.
    while (left && !this.#stopped) left = await journal.write(() => clearPiece());
  }

  #tidyNow(): void {
    runInBackground(this.#tidy());
    this.#cancel = this.#options.clock.after(TIDY_MS, () => this.#tidyNow());
  }

  async #tidy(): Promise<void> {
    const { store, clock, roster, sessions, entries } = this.#options;
    const contacts = roster.list().map(({ id }) => id);
    while (contacts.length > 0 && !this.#stopped) {
      const some = contacts.splice(0, TIDIED_AT_ONCE);
      await store.journal.write(() => {
        for (const id of some) {
          const contact = roster.find(id);
          for (const device of contact ? devicesOf(contact) : []) sessions.tidy(device);
        }
      });
    }
    let after: number | null = 0;
    while (after !== null && !this.#stopped) {
      const from: number = after;
      after = await store.journal.write(() => entries.expire(clock.now(), from));
    }
  }
}
