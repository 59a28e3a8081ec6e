import { nextTick } from 'vue';
import type { Message, MessageRef } from '../../../../server/contract/model.ts';
import type { Shown } from '../../domain/message/outgoing.ts';

export interface AnsweredParts {
  /** Loads what leads to a message. @returns whether it is there. */
  readonly backTo: (message: MessageRef) => Promise<boolean>;
  readonly find: (message: MessageRef) => Message | undefined;
  readonly show: (message: MessageRef) => Promise<void>;
}

export interface Answered {
  /** To what a message answers, however far up. */
  readonly goToAnswered: (message: Shown) => Promise<void>;
  /** Our own copy of what a message answers. */
  readonly answeredBy: (message: Shown) => Message | undefined;
}

export function useAnswered({ backTo, find, show }: AnsweredParts): Answered {
  return {
    goToAnswered: async (message) => {
      const answered = answeredRef(message);
      if (answered === null || !(await backTo(answered))) return;
      await nextTick();
      await show(answered);
    },
    answeredBy: (message) => {
      const answered = answeredRef(message);
      return answered === null ? undefined : find(answered);
    },
  };
}

/** Null: it answers nothing, or somebody who is not in this conversation. */
function answeredRef(message: Shown): MessageRef | null {
  const reply = message.kind === 'text' ? message.reply : undefined;
  const author = reply?.author ?? null;
  if (reply === undefined || author === null) return null;
  return { conversation: message.conversation, author, id: reply.id };
}
