import { computed } from 'vue';
import { reminderForm } from '../domain/way-back.ts';
import { useConversationList } from '../stores/conversation-list.ts';
import { useRecovery } from '../stores/recovery.ts';

/** How the list reminds of a way back, once there is something to lose. */
export function useReminder() {
  const list = useConversationList();
  const recovery = useRecovery();
  return computed(() =>
    reminderForm(
      list.all.length > 0 && recovery.status?.remind === true,
      list.all.map(({ addedAt }) => addedAt),
      Date.now(),
    ),
  );
}
