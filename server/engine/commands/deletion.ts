// Messages deleted from this device: one, or all of a conversation.
import { CommandError } from '../../contract/errors.ts';
import { isOurs, type MessageRef } from '../../storage/tables/message-record.ts';
import type { Engine } from '../engine.ts';
import type { Handlers } from './handlers.ts';
import { madeRoom } from './messages.ts';

export type DeletionCommand = 'message.delete' | 'conversation.clear';

export function deletionCommands(engine: Engine): Handlers<DeletionCommand> {
  const { conversations, conversationFeed, expiry, options } = engine;
  const { store, events } = options;
  return {
    'message.delete': async (message) => {
      const place = conversations.get(message.conversation);
      const erased = await store.journal.write(() => erase(engine, message));
      if (!erased) throw new CommandError('message-unknown', 'no such message in this conversation');
      madeRoom(engine, place);
      events.emit('message.deleted', message);
      return conversationFeed.now(place.id);
    },
    'conversation.clear': async ({ conversation }) => {
      const place = conversations.get(conversation);
      await expiry.clearConversation(conversation, (message) => erase(engine, message));
      madeRoom(engine, place);
      events.emit('conversation.cleared', { conversation });
      return conversationFeed.now(conversation);
    },
  };
}

function erase({ outbox, options }: Engine, message: MessageRef): boolean {
  const waits = isOurs(message) && outbox.withdraw(message);
  return waits || options.store.messages.erase(message);
}
