import { computed, shallowRef, watch } from 'vue';
import type { ComputedRef, ShallowRef } from 'vue';
import type { Listed } from '../../domain/listed.ts';
import { firstUnread, isUnreadUpTo } from '../../domain/message/reading.ts';
import { useConversations } from '../../stores/conversations.ts';
import type { LoadedConversation } from '../../domain/message/loaded-conversation.ts';
import { useReader } from './use-reader.ts';

/** A burst of messages is marked as read together; ms. */
const READ_EVERY_MS = 300;

export interface Reading {
  /** Whether somebody looks at the page. */
  readonly looking: ShallowRef<boolean>;
  /** The `messageKey` of the one that the line above new messages stands before. */
  readonly unreadFrom: ShallowRef<string | null>;
  /** @param upTo the `position` of the last message in view; Infinity: the end is. */
  readonly saw: (upTo: number) => void;
}

/** Marks what somebody has in view as read, and remembers where the unread began. */
export function useReading(
  contact: ComputedRef<Listed | undefined>,
  conversation: ComputedRef<LoadedConversation>,
): Reading {
  const conversations = useConversations();
  const looking = useReader();
  const seen = shallowRef(-Infinity);
  const unreadFrom = shallowRef<string | null>(null);
  let timer: ReturnType<typeof setTimeout> | undefined;

  const unread = computed(() => contact.value?.unread ?? 0);
  const ready = computed(() => conversation.value.phase === 'ready');

  function noteFirst(): void {
    unreadFrom.value = firstUnread(conversation.value.messages);
  }

  /** At the end everything is: also what is damaged, and never shown. */
  function wants(): boolean {
    if (!looking.value || !ready.value || unread.value === 0) return false;
    return seen.value === Infinity || isUnreadUpTo(conversation.value.messages, seen.value);
  }

  function mark(): void {
    timer = undefined;
    if (contact.value === undefined || !wants()) return;
    conversations.markRead(contact.value.conversation, seen.value).catch(() => undefined); // Tried again with the next change.
  }

  watch(ready, (now) => now && unreadFrom.value === null && unread.value > 0 && noteFirst(), {
    immediate: true,
    flush: 'sync',
  });
  // The count and the first message itself may come one after the other.
  let comes = false;
  watch([unread, conversation], ([now], [before]) => {
    if (before === 0 && now > 0) comes = ready.value && !looking.value;
    if (!comes || firstUnread(conversation.value.messages) === null) return;
    comes = false;
    noteFirst();
  });
  watch(
    [looking, seen, unread, ready],
    () => {
      if (timer === undefined && wants()) timer = setTimeout(mark, READ_EVERY_MS);
    },
    { immediate: true },
  );

  return { looking, unreadFrom, saw: (upTo) => (seen.value = upTo) };
}
