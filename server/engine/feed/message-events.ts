// What tabs and command lines are told when messages are stored, come, and go.
import type { ParsedContent } from '../../protocol/content/content.ts';
import { StorageError } from '../../storage/errors.ts';
import type { MessageRef, MessageRecord } from '../../storage/tables/message-record.ts';
import type { Store } from '../../storage/profile-store.ts';
import type { ContactFeed } from './contact-feed.ts';
import type { ConversationFeed } from './conversation-feed.ts';
import type { Marks } from '../contacts/marks.ts';
import type { Conversations } from '../contacts/conversations.ts';
import type { EventLog, Recall } from '../event-log.ts';
import type { InboxListener } from '../delivery/inbox.ts';
import type { OutboxListener } from '../delivery/outbox.ts';
import { messageView } from './views.ts';

export interface MessageEventsOptions {
  readonly store: Store;
  readonly conversations: Conversations;
  readonly events: EventLog;
  readonly feed: ContactFeed;
  readonly conversationFeed: ConversationFeed;
  readonly marks: Marks;
  /** A contact told us another presence key. */
  readonly onPresence: () => void;
}

export function tellOfMessages(options: MessageEventsOptions): {
  readonly outbox: OutboxListener;
  readonly inbox: InboxListener;
} {
  const { events, feed, onPresence } = options;
  const tell =
    (event: 'message.stored' | 'message.received' | 'message.changed') =>
    (message: MessageRecord, content?: ParsedContent | null): void => {
      events.emit(event, { message: messageView(message, [], content) }, readAgain(options, message));
      if (event === 'message.changed') return;
      options.marks.came(message.conversation);
      changed(options, message);
    };
  return {
    outbox: {
      onStored: tell('message.stored'),
      onState: ({ conversation, author, id }, state) => {
        events.emit('message.state', { conversation, author, id, state });
        changed(options, { conversation });
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

/** Both the conversation, and what is known of whoever it is with: how much waits, whether there is room. */
function changed(
  { conversations, feed, conversationFeed }: MessageEventsOptions,
  { conversation }: Pick<MessageRef, 'conversation'>,
): void {
  conversationFeed.changed(conversation);
  const found = conversations.find(conversation);
  if (found?.kind === 'direct') feed.changed(found.contact);
}

/** What the log keeps of a message: where it is. Once deleted, or with a contact that is removed, it is gone. */
function readAgain(
  { store, conversations, conversationFeed }: MessageEventsOptions,
  { conversation, author, id }: MessageRef,
): Recall<'message.received'> {
  return {
    about: `${conversation} ${author} ${id}`,
    read: () => {
      const record = conversations.find(conversation) ? readable(store, { conversation, author, id }) : null;
      if (!record || record.state === 'hidden') return null;
      return { message: messageView(record, conversationFeed.activeLinksOf(conversation)) };
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
