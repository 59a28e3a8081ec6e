import { computed, shallowRef, watch } from 'vue';
import type { ComputedRef, ShallowRef } from 'vue';
import { firstUnread } from '../domain/grouping.ts';
import type { Listed } from '../domain/listed.ts';
import { useConversations } from '../stores/conversations.ts';
import type { Conversation } from '../stores/conversation-book.ts';
import { useReader } from './use-reader.ts';

/** A burst of messages is marked as read together; ms. */
const READ_EVERY_MS = 300;

export interface Reading {
  readonly atEnd: ShallowRef<boolean>;
  /** The `messageKey` of the one that the line above new messages stands before. */
  readonly unreadFrom: ShallowRef<string | null>;
}

/** Marks what somebody has in view as read, and remembers where the unread began. */
export function useReading(contact: ComputedRef<Listed | undefined>, conversation: ComputedRef<Conversation>): Reading {
  const conversations = useConversations();
  const looking = useReader();
  const atEnd = shallowRef(true);
  const unreadFrom = shallowRef<string | null>(null);
  let timer: ReturnType<typeof setTimeout> | undefined;

  const unread = computed(() => contact.value?.unread ?? 0);
  const ready = computed(() => conversation.value.phase === 'ready');

  function noteFirst(): void {
    unreadFrom.value = firstUnread(conversation.value.messages, unread.value);
  }

  watch(ready, (now) => now && unreadFrom.value === null && unread.value > 0 && noteFirst(), {
    immediate: true,
    flush: 'sync',
  });
  watch(unread, (now, before) => {
    if (before === 0 && now > 0 && ready.value && !looking.value) noteFirst();
  });
  watch(
    [looking, atEnd, unread, ready],
    () => {
      if (timer !== undefined || !looking.value || !atEnd.value || !ready.value || unread.value === 0) return;
      const { value: current } = contact;
      timer = setTimeout(() => {
        timer = undefined;
        if (current !== undefined && looking.value && atEnd.value) {
          conversations.markRead(current.conversation).catch(() => undefined); // Tried again with the next change.
        }
      }, READ_EVERY_MS);
    },
    { immediate: true },
  );

  return { atEnd, unreadFrom };
}
