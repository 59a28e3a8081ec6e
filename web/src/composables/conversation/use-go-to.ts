import { nextTick, shallowRef } from 'vue';
import type { ComputedRef, ShallowRef } from 'vue';
import type { Message, MessageRef } from '../../../../server/contract/model.ts';
import { messageKey } from '../../domain/message/message-key.ts';
import type { Shown } from '../../domain/message/outgoing.ts';

/** As long as a message that was gone to is marked; ms. */
const FOUND_MS = 1_600;

export interface GoToParts {
  readonly messages: ComputedRef<readonly Shown[]>;
  /** Loads what leads to a message. @returns whether it is there. */
  readonly backTo: (message: MessageRef) => Promise<boolean>;
  readonly find: (message: MessageRef) => Message | undefined;
  /** Brings a row into view, and gives it the focus. */
  readonly show: (at: number) => void;
}

export interface GoTo {
  /** The `messageKey` of the one that is marked; empty: none. */
  readonly found: ShallowRef<string>;
  /** To a message, however far up, which is marked for a moment. */
  readonly goTo: (message: MessageRef) => Promise<void>;
  readonly goToAnswered: (message: Shown) => void;
  /** Our own copy of what a message answers. */
  readonly answeredBy: (message: Shown) => Message | undefined;
}

export function useGoTo({ messages, backTo, find, show }: GoToParts): GoTo {
  const found = shallowRef('');

  async function goTo(message: MessageRef): Promise<void> {
    if (!(await backTo(message))) return;
    await nextTick();
    const key = messageKey(message);
    show(messages.value.findIndex((each) => messageKey(each) === key));
    found.value = key;
    setTimeout(() => found.value === key && (found.value = ''), FOUND_MS);
  }

  return {
    found,
    goTo,
    goToAnswered: (message) => {
      const answered = answeredRef(message);
      if (answered !== null) void goTo(answered);
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
