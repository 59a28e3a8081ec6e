// What tabs and command lines are told when messages are stored, come, and go.
import { StorageError } from '../../storage/errors.ts';
import type { MessageRef, MessageRecord } from '../../storage/tables/message-record.ts';
import type { Store } from '../../storage/profile-store.ts';
import type { ContactFeed } from './contact-feed.ts';
import type { EventLog, Recall } from '../event-log.ts';
import type { InboxListener } from '../delivery/inbox.ts';
import type { Links } from '../links/links.ts';
import type { OutboxListener } from '../delivery/outbox.ts';
import type { Roster } from '../contacts/roster.ts';
import { messageView } from './views.ts';

export interface MessageEventsOptions {
  readonly store: Store;
  readonly roster: Roster;
  readonly links: Links;
  readonly events: EventLog;
  readonly feed: ContactFeed;
  /** A contact told us another presence key. */
  readonly onPresence: () => void;
}

export function tellOfMessages(options: MessageEventsOptions): {
  readonly outbox: OutboxListener;
  readonly inbox: InboxListener;
} {
  const { events, feed, onPresence } = options;
  return {
    outbox: {
      onStored: (message, content) => {
        events.emit('message.stored', { message: messageView(message, null, content) }, readAgain(options, message));
        feed.changed(message.contact);
      },
      onState: ({ contact, direction, id }, state) => {
        events.emit('message.state', { contact, direction, id, state });
        feed.changed(contact);
      },
      onRefusing: (contact) => feed.changed(contact),
    },
    inbox: {
      onReceived: (message, content) => {
        events.emit('message.received', { message: messageView(message, null, content) }, readAgain(options, message));
        feed.changed(message.contact);
      },
      onPresence,
      onFull: (contact) => feed.changed(contact),
      onFilled: (message) =>
        events.emit('message.changed', { message: messageView(message, null) }, readAgain(options, message)),
    },
  };
}

/** What the log keeps of a message: where it is. Once deleted, or with a contact that is removed, it is gone. */
function readAgain(
  { store, roster, links }: MessageEventsOptions,
  { contact, direction, id }: MessageRef,
): Recall<'message.received'> {
  return {
    about: `${contact} ${direction} ${id}`,
    read: () => {
      const record = roster.find(contact) ? readable(store, { contact, direction, id }) : null;
      if (!record || record.state === 'hidden') return null;
      return { message: messageView(record, links.activeLinkOf(contact)) };
    },
  };
}

function readable({ messages }: Store, { contact, direction, id }: MessageRef): MessageRecord | null {
  try {
    return messages.get(contact, direction, id);
  } catch (error) {
    if (error instanceof StorageError && error.code === 'damaged') return null;
    throw error;
  }
}
