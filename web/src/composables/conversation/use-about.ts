import { computed } from 'vue';
import type { ComputedRef, WritableComputedRef } from 'vue';
import type { ConversationId } from '../../../../server/contract/model.ts';
import { isChanged, lastOwn, replyTo } from '../../domain/message/answering.ts';
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
  readonly about: ComputedRef<About | null>;
  /** What stands in the field: the draft, or the words that a message of ours is to have. */
  readonly body: WritableComputedRef<string>;
  readonly begin: (about: About) => void;
  readonly cancel: () => void;
  /** @returns whether there was one. */
  readonly editLast: () => boolean;
  readonly send: (body: string) => void;
}

/**
 * What is written in a conversation, and about which message. A draft waits while a message gets other words, and either is
 * there when one comes back.
 */
export function useAbout({ conversation, messages, say }: AboutOptions): Writing {
  const conversations = useConversations();
  const acts = useMessageActs();
  const drafts = useDrafts();
  const begun = computed(() => drafts.begun.get(conversation) ?? null);
  const about = computed(() => begun.value?.about ?? null);
  const body = computed({
    get: () => (begun.value?.about.kind === 'edit' ? begun.value.words : drafts.get(conversation)),
    set: (words: string) => {
      if (begun.value?.about.kind === 'edit') put(begun.value.about, words);
      else drafts.set(conversation, words);
    },
  });

  function put(next: About, words: string): void {
    drafts.begun.set(conversation, { about: next, words });
  }

  function begin(next: About): void {
    put(next, next.kind === 'edit' ? next.message.body : '');
  }

  function cancel(): void {
    drafts.begun.delete(conversation);
  }

  function editLast(): boolean {
    const message = lastOwn(messages.value);
    if (message !== undefined) begin({ kind: 'edit', message });
    return message !== undefined;
  }

  function send(words: string): void {
    const now = about.value;
    cancel();
    if (now?.kind !== 'edit') {
      void conversations.send(conversation, words, now === null ? undefined : replyTo(now.message));
      return;
    }
    if (!isChanged({ about: now, words })) return;
    acts.edit(now.message, words).catch((error: unknown) => {
      // What was typed is not lost.
      if (about.value === null) put(now, words);
      say(errorText(error));
    });
  }

  return { about, body, begin, cancel, editLast, send };
}
