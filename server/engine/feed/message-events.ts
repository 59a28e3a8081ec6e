// What tabs and command lines are told when messages are stored, come, and go.
import type { Events } from '../../contract/events.ts';
import type { ParsedContent } from '../../protocol/content/content.ts';
import { StorageError } from '../../storage/errors.ts';
import type { MessageRef, MessageRecord } from '../../storage/tables/message/message-record.ts';
import type { Store } from '../../storage/profile-store.ts';
import type { ContactFeed } from './contact-feed.ts';
import type { ConversationFeed } from './conversation-feed.ts';
import type { Marks } from '../contacts/marks.ts';
import type { Conversations } from '../contacts/conversations.ts';
import type { EventLog, Recall } from '../event-log.ts';
import type { InboxListener } from '../delivery/inbox.ts';
import type { OutboxListener } from '../delivery/outbox.ts';
import type { ActListener } from '../delivery/kinds/message-kind.ts';
import type { EntryViews } from './entry-views.ts';

export interface MessageEventsOptions {
  readonly store: Store;
  readonly conversations: Conversations;
  readonly events: EventLog;
  readonly feed: ContactFeed;
  readonly conversationFeed: ConversationFeed;
  readonly views: EntryViews;
  readonly marks: Marks;
  /** A contact told us another presence key. */
  readonly onPresence: () => void;
}

export function tellOfMessages(options: MessageEventsOptions): {
  readonly outbox: OutboxListener;
  readonly inbox: InboxListener;
  readonly acts: ActListener;
  /** Its time is over. */
  readonly onGone: (message: MessageRef) => void;
} {
  const { store, events, feed, views, onPresence } = options;
  const tell =
    (event: 'message.stored' | 'message.received' | 'message.changed') =>
    (message: MessageRecord, content?: ParsedContent | null): void => {
      if (!store.isOpen) return;
      events.emit(event, { message: views.view(message, content) }, readAgain(options, message));
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
      onFull: (contact) => feed.changed(contact),
      onFilled: tell('message.changed'),
    },
    acts: {
      onPresence,
      onProfile: (contact) => feed.changed(contact),
      onActed: (message, deed, by) => tellActed(options, message, { act: deed, by }),
      onSeen: (conversation, by, upTo) => {
        events.emit('message.seen', { conversation, by, upTo });
        changed(options, { conversation });
      },
      onTimer: (conversation) => options.conversationFeed.changed(conversation),
    },
    onGone: (message) => {
      events.emit('message.deleted', message);
      changed(options, message);
    },
  };
}

function tellActed(
  options: MessageEventsOptions,
  ref: MessageRef,
  because: Pick<Events['message.changed'], 'act' | 'by'>,
): void {
  if (!options.store.isOpen) return;
  const { about, read } = readAgain(options, ref);
  const readActed = (): Events['message.changed'] | null => {
    const now = read();
    return now && { ...now, ...because };
  };
  const data = readActed();
  if (data) options.events.emit('message.changed', data, { about, read: readActed });
  changed(options, ref);
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
  { store, conversations, views }: MessageEventsOptions,
  { conversation, author, id }: MessageRef,
): Recall<'message.received'> {
  return {
    about: `${conversation} ${author} ${id}`,
    read: () => {
      const record = conversations.find(conversation) ? readable(store, { conversation, author, id }) : null;
      if (!record || record.state === 'hidden') return null;
      return { message: views.view(record) };
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
