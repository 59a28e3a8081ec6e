import { computed, shallowRef, watch } from 'vue';
import type { ComputedRef, ShallowRef, WritableComputedRef } from 'vue';
import type { ConversationId } from '../../../../server/contract/model.ts';
import { lastOwn, replyTo } from '../../domain/message/answering.ts';
import type { About } from '../../domain/message/answering.ts';
import type { Shown } from '../../domain/message/outgoing.ts';
import { useConversations } from '../../stores/conversations.ts';
import { useDrafts } from '../../stores/drafts.ts';
import { useMessageActs } from '../../stores/message-acts.ts';
import { errorText } from '../../text/text.ts';

export interface AboutOptions {
  readonly conversation: ConversationId;
  readonly messages: ComputedRef<readonly Shown[]>;
  readonly say: (word: string) => void;
}

export interface Writing {
  /** What is written about; null: nothing, it is a message of its own. */
  readonly about: ShallowRef<About | null>;
  /** What stands in the field: the draft, or the words that a message of ours is to have. */
  readonly body: WritableComputedRef<string>;
  readonly begin: (about: About) => void;
  readonly cancel: () => void;
  /** @returns whether there was one. */
  readonly editLast: () => boolean;
  readonly send: (body: string) => void;
}

/** What is written in a conversation, and about which message. A draft waits while a message gets other words. */
export function useAbout({ conversation, messages, say }: AboutOptions): Writing {
  const conversations = useConversations();
  const acts = useMessageActs();
  const drafts = useDrafts();
  const about = shallowRef<About | null>(null);
  const edited = shallowRef('');
  const body = computed({
    get: () => (about.value?.kind === 'edit' ? edited.value : drafts.get(conversation)),
    set: (now: string) => {
      if (about.value?.kind === 'edit') edited.value = now;
      else drafts.set(conversation, now);
    },
  });

  function begin(next: About): void {
    edited.value = next.kind === 'edit' ? next.message.body : '';
    about.value = next;
  }

  function editLast(): boolean {
    const message = lastOwn(messages.value);
    if (message !== undefined) begin({ kind: 'edit', message });
    return message !== undefined;
  }

  function send(words: string): void {
    const now = about.value;
    about.value = null;
    if (now?.kind !== 'edit') {
      void conversations.send(conversation, words, now === null ? undefined : replyTo(now.message));
      return;
    }
    if (words === now.message.body) return;
    acts.edit(now.message, words).catch((error: unknown) => {
      // What was typed is not lost.
      if (about.value === null) {
        about.value = now;
        edited.value = words;
      }
      say(errorText(error));
    });
  }

  // One that is gone is neither answered nor edited.
  watch(messages, () => {
    const message = about.value?.message;
    if (message !== undefined && conversations.find(message)?.kind === 'deleted') about.value = null;
  });

  return { about, body, begin, cancel: () => (about.value = null), editLast, send };
}
