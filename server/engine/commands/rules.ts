// What holds for both sides: whether people see what is read, and how long what they write is there.
import type { Engine } from '../engine.ts';
import type { Handlers, Named } from './handlers.ts';
import { requireWanted } from './messages.ts';

export type RuleCommand = 'conversation.timer' | Named<'receipts'>;

export function ruleCommands(engine: Engine): Handlers<RuleCommand> {
  const { conversations, conversationFeed, outbox, receipts, options } = engine;
  return {
    'conversation.timer': async ({ conversation, seconds }) => {
      requireWanted(engine, conversations.get(conversation));
      const { after } = options.store.timers.get(conversation);
      if (after !== seconds) await outbox.send(conversation, { t: 'timer', after: seconds });
      return conversationFeed.now(conversation);
    },
    'receipts.get': () => ({ on: receipts.on }),
    'receipts.set': async ({ on }) => {
      await receipts.set(on, () => outbox.withdrawal.receipts());
      options.events.emit('receipts.changed', { on });
      return { on };
    },
  };
}
