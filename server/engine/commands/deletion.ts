// Messages deleted from this device: one, or all of a conversation.
import { CommandError } from '../../contract/errors.ts';
import type { MessageRef } from '../../storage/tables/message-record.ts';
import type { Engine } from '../engine.ts';
import type { Handlers } from './handlers.ts';

export type DeletionCommand = 'message.delete' | 'conversation.clear';

export function deletionCommands(engine: Engine): Handlers<DeletionCommand> {
  const { roster, feed, expiry, inbox, options } = engine;
  const { store, events } = options;
  return {
    'message.delete': async ({ contact, direction, id }) => {
      roster.get(contact);
      const erased = await store.journal.write(() => erase(engine, { contact, direction, id }));
      if (!erased) throw new CommandError('message-unknown', 'no such message in this conversation');
      inbox.madeRoom(contact);
      events.emit('message.deleted', { contact, direction, id });
      return feed.now(contact);
    },
    'conversation.clear': async ({ contact }) => {
      roster.get(contact);
      await expiry.clearConversation(contact, (message) => erase(engine, message));
      inbox.madeRoom(contact);
      events.emit('conversation.cleared', { contact });
      return feed.now(contact);
    },
  };
}

function erase({ outbox, options }: Engine, message: MessageRef): boolean {
  const waits = message.direction === 'out' && outbox.withdraw(message.contact, message.id);
  return waits || options.store.messages.erase(message);
}
