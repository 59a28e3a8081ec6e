import { nextTick, watch } from 'vue';
import type { ShallowRef } from 'vue';
import type { ConversationId, MessageRef } from '../../../../server/contract/model.ts';
import { useConversations } from '../../stores/conversations.ts';
import { useSearch } from '../../stores/search.ts';

interface ShowsMessages {
  /** Scrolls to a message that is loaded, and marks it for a moment. */
  readonly show: (message: MessageRef) => Promise<void>;
}

/** Shows the message that was asked for, in the conversation it stands in: loads all that came after it first. */
export function useTarget(id: ConversationId, list: Readonly<ShallowRef<ShowsMessages | null>>): void {
  const search = useSearch();
  const conversations = useConversations();

  async function show(): Promise<void> {
    const { target } = search;
    if (target?.conversation !== id || list.value === null) return;
    search.target = null;
    await conversations.loadTo(id, target.position);
    await nextTick();
    await list.value.show(target);
  }

  watch([() => search.target, list], () => void show(), { immediate: true, flush: 'post' });
}
