// Messages deleted from this device: one, or all of a conversation.
import { CommandError } from '../../contract/errors.ts';
import type { Conversation } from '../../contract/model.ts';
import { fromHex } from '../../crypto/bytes.ts';
import type { MessageRef } from '../../storage/tables/message/message-record.ts';
import type { Conversation as Place } from '../contacts/conversations.ts';
import { actsOn } from '../delivery/erasing.ts';
import type { Engine } from '../engine.ts';
import type { Handlers } from './handlers.ts';
import { ours } from './acts.ts';
import { madeRoom, requireWanted } from './messages.ts';

export type DeletionCommand = 'message.delete' | 'conversation.clear';

export function deletionCommands(engine: Engine): Handlers<DeletionCommand> {
  const { conversations, conversationFeed, erasing, expiry, options } = engine;
  const { store, events } = options;
  return {
    'message.delete': async ({ everyone, ...message }) => {
      const place = conversations.get(message.conversation);
      if (everyone) return deleteForEveryone(engine, place, message);
      const erased = await store.journal.write(() => erasing.erase(message));
      if (!erased) throw new CommandError('message-unknown', 'no such message in this conversation');
      madeRoom(engine, place);
      events.emit('message.deleted', message);
      return conversationFeed.now(place.id);
    },
    'conversation.clear': async ({ conversation }) => {
      const place = conversations.get(conversation);
      await expiry.clearConversation(conversation, (message) => erasing.erase(message));
      madeRoom(engine, place);
      events.emit('conversation.cleared', { conversation });
      return conversationFeed.now(conversation);
    },
  };
}

/** A tombstone stays, here and there. Of notes nobody else knows. */
async function deleteForEveryone(engine: Engine, place: Place, message: MessageRef): Promise<Conversation> {
  const { outbox, conversationFeed, options } = engine;
  requireWanted(engine, place);
  await outbox.act(place.id, () => {
    const entry = ours(engine, message);
    if (entry.folded?.deletedAt != null) return null;
    outbox.withdrawal.acts(place.id, actsOn(entry));
    const content = outbox.withdrawal.standIn(entry);
    if (content) options.store.messages.overwrite({ ...entry, content });
    return { t: 'delete', of: fromHex(message.id) };
  });
  return conversationFeed.now(place.id);
}
