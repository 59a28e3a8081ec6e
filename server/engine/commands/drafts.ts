// Drafts: what tabs type and do not send.
import { CommandError } from '../../contract/errors.ts';
import { MESSAGE_BYTES } from '../../contract/limits.ts';
import { utf8 } from '../../crypto/bytes.ts';
import type { Engine } from '../engine.ts';
import type { Handlers, Named } from './handlers.ts';

export function draftCommands({ conversations, drafts }: Engine): Handlers<Named<'draft'>> {
  return {
    'draft.list': () => drafts.list(),
    'draft.set': async ({ conversation, body }) => {
      conversations.get(conversation);
      if (utf8(body).length > MESSAGE_BYTES) {
        throw new CommandError('message-too-large', `a draft has at most ${MESSAGE_BYTES} bytes, as a message`);
      }
      return { revision: await drafts.set(conversation, body) };
    },
  };
}
