// Messages deleted from this device: one, or all of a conversation.
import { CommandError } from '../../contract/errors.ts';
import { isOurs, type MessageRef } from '../../storage/tables/message-record.ts';
import type { Engine } from '../engine.ts';
import type { Handlers } from './handlers.ts';
import { authorOf } from './messages.ts';

export function deletionCommands(engine: Engine): Handlers<'message.delete' | 'conversation.clear'> {
  const { roster, conversations, feed, expiry, inbox, options } = engine;
  const { store, events } = options;
  return {
    'message.delete': async ({ contact, direction, id }) => {
      roster.get(contact);
      const ref = { conversation: conversations.directWith(contact), author: authorOf(contact, direction), id };
      const erased = await store.journal.write(() => erase(engine, ref));
      if (!erased) throw new CommandError('message-unknown', 'no such message in this conversation');
      inbox.madeRoom(contact);
      events.emit('message.deleted', { contact, direction, id });
      return feed.now(contact);
    },
    'conversation.clear': async ({ contact }) => {
      roster.get(contact);
      await expiry.clearConversation(conversations.directWith(contact), (message) => erase(engine, message));
      inbox.madeRoom(contact);
      events.emit('conversation.cleared', { contact });
      return feed.now(contact);
    },
  };
}

function erase({ outbox, options }: Engine, message: MessageRef): boolean {
  const waits = isOurs(message) && outbox.withdraw(message);
  return waits || options.store.messages.erase(message);
}
