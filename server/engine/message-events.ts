// What tabs and command lines are told when messages are stored, come, and go.
import type { ContactFeed } from './contact-feed.ts';
import type { EventLog } from './event-log.ts';
import type { InboxListener } from './inbox.ts';
import type { OutboxListener } from './outbox.ts';
import { messageView } from './views.ts';

/** @param onPresence a contact told us their presence key. */
export function tellOfMessages(
  events: EventLog,
  feed: ContactFeed,
  onPresence: () => void,
): { readonly outbox: OutboxListener; readonly inbox: InboxListener } {
  return {
    outbox: {
      onStored: (message, content) => {
        events.emit('message.stored', { message: messageView(message, null, content) });
        feed.changed(message.contact);
      },
      onState: (contact, id, state) => {
        events.emit('message.state', { contact, id, state });
        feed.changed(contact);
      },
    },
    inbox: {
      onReceived: (message, content) => {
        events.emit('message.received', { message: messageView(message, null, content) });
        feed.changed(message.contact);
      },
      onPresence,
      onFilled: (message) => events.emit('message.changed', { message: messageView(message, null) }),
    },
  };
}
