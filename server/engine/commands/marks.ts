// How the list shows a conversation: pinned, muted, archived, as unread.
import type { ConversationId } from '../../contract/ids.ts';
import type { Conversation, ConversationMarks } from '../../contract/model.ts';
import type { Engine } from '../engine.ts';
import type { Handlers } from './handlers.ts';

export type MarkCommand = 'conversation.pin' | 'conversation.mute' | 'conversation.archive' | 'conversation.unread';

export function markCommands({ conversations, conversationFeed, marks, options }: Engine): Handlers<MarkCommand> {
  const change = async (id: ConversationId, part: Partial<ConversationMarks>): Promise<Conversation> => {
    conversations.get(id);
    await marks.change(id, part);
    return conversationFeed.now(id);
  };
  return {
    'conversation.pin': ({ conversation, pinned }) => {
      const { pinnedAt } = marks.of(conversation);
      // Pinned once more, it stays where it is.
      return change(conversation, { pinnedAt: pinned ? (pinnedAt ?? options.clock.now()) : null });
    },
    'conversation.mute': ({ conversation, seconds }) => {
      const until = seconds === null ? null : options.clock.now() + seconds * 1000;
      return change(conversation, { muted: seconds === 0 ? null : { until } });
    },
    'conversation.archive': ({ conversation, archived }) => change(conversation, { archived }),
    'conversation.unread': ({ conversation, unread }) => change(conversation, { unread }),
  };
}
