import { defineStore } from 'pinia';
import { reactive } from 'vue';
import type { ConversationId } from '../../../server/contract/model.ts';

/** What was typed and not sent, by conversation. In memory only: it goes with the tab, which asks first. */
export const useDrafts = defineStore('drafts', () => {
  const drafts = reactive(new Map<ConversationId, string>());

  function get(conversation: ConversationId): string {
    return drafts.get(conversation) ?? '';
  }

  function set(conversation: ConversationId, text: string): void {
    if (text === '') drafts.delete(conversation);
    else drafts.set(conversation, text);
  }

  /** Whether something is typed that is more than blanks. */
  function any(): boolean {
    return [...drafts.values()].some((text) => text.trim() !== '');
  }

  return { drafts, get, set, any };
});
