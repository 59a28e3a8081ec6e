import { watch } from 'vue';
import type { ComputedRef } from 'vue';
import { useRouter } from 'vue-router';
import type { ConversationId } from '../../../../server/contract/model.ts';
import type { Listed } from '../../domain/listed.ts';
import type { LoadedConversation } from '../../domain/message/loaded-conversation.ts';
import { useContacts } from '../../stores/contacts.ts';
import { useConversationList } from '../../stores/conversation-list.ts';
import { useConversations } from '../../stores/conversations.ts';

/** Loads what was said in `id` while somebody looks at it, and leaves when there is nothing to be seen any more. */
export function useOpening(
  id: ConversationId,
  contact: ComputedRef<Listed | undefined>,
  conversation: ComputedRef<LoadedConversation>,
): void {
  const contacts = useContacts();
  const conversations = useConversations();
  const list = useConversationList();
  const router = useRouter();

  // Removed, here or in another tab: nothing is left to be seen.
  watch(contact, (now, before) => before && !now && contacts.loaded && void router.replace('/'));
  // Also after a reload of everything, which leaves the conversation unloaded; and once it is known what is unread.
  watch(
    () => [conversation.value.phase, contact.value !== undefined] as const,
    ([phase, known], before) => {
      if (known && (phase === 'unloaded' || before === undefined))
        void conversations.open(id, contact.value?.unread ?? 0);
    },
    { immediate: true },
  );
  // Marked as unread, it is until somebody looks: who marks it while it is open means the next time.
  watch(
    () => contact.value !== undefined,
    (known) => {
      if (known && contact.value?.marks.unread === true) list.markUnread(id, false).catch(() => undefined);
    },
    { immediate: true },
  );
}
