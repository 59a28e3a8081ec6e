// What tabs and command lines are told when messages are stored, come, and go.
import type { ParsedContent } from '../../protocol/content.ts';
import { StorageError } from '../../storage/errors.ts';
import { isOurs, type MessageRef, type MessageRecord } from '../../storage/tables/message-record.ts';
import type { Store } from '../../storage/profile-store.ts';
import type { ContactFeed } from './contact-feed.ts';
import type { EventLog, Recall } from '../event-log.ts';
import type { InboxListener } from '../delivery/inbox.ts';
import type { Links } from '../links/links.ts';
import type { OutboxListener } from '../delivery/outbox.ts';
import type { Conversations } from '../contacts/conversations.ts';
import { messageView } from './views.ts';

export interface MessageEventsOptions {
  readonly store: Store;
  readonly conversations: Conversations;
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
  const { conversations, events, feed, onPresence } = options;
  const tell = (event: 'message.stored' | 'message.received' | 'message.changed') => {
    return (message: MessageRecord, content?: ParsedContent | null): void => {
      const contact = contactOf(conversations, message);
      events.emit(event, { message: messageView(message, contact, null, content) }, readAgain(options, message));
      if (event !== 'message.changed') feed.changed(contact);
    };
  };
  return {
    outbox: {
      onStored: tell('message.stored'),
      onState: (message, state) => {
        const [contact, { id }] = [contactOf(conversations, message), message];
        events.emit('message.state', { contact, direction: isOurs(message) ? 'out' : 'in', id, state });
        feed.changed(contact);
      },
      onRefusing: (contact) => feed.changed(contact),
    },
    inbox: {
      onReceived: tell('message.received'),
      onPresence,
      onFull: (contact) => feed.changed(contact),
      onFilled: tell('message.changed'),
    },
  };
}

function contactOf(conversations: Conversations, { conversation }: MessageRef): string {
  const found = conversations.find(conversation);
  return found?.kind === 'direct' ? found.contact : '';
}

/** What the log keeps of a message: where it is. Once deleted, or with a contact that is removed, it is gone. */
function readAgain(
  { store, conversations, links }: MessageEventsOptions,
  { conversation, author, id }: MessageRef,
): Recall<'message.received'> {
  return {
    about: `${conversation} ${author} ${id}`,
    read: () => {
      const contact = contactOf(conversations, { conversation, author, id });
      const record = contact === '' ? null : readable(store, { conversation, author, id });
      if (!record || record.state === 'hidden') return null;
      return { message: messageView(record, contact, links.activeLinkOf(contact)) };
    },
  };
}

function readable({ messages }: Store, ref: MessageRef): MessageRecord | null {
  try {
    return messages.get(ref);
  } catch (error) {
    if (error instanceof StorageError && error.code === 'damaged') return null;
    throw error;
  }
}
