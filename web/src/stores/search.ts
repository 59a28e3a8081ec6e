import { defineStore } from 'pinia';
import { shallowRef } from 'vue';
import type { ConversationId, MessageRef, SearchHit } from '../../../server/contract/model.ts';

/** A message that is to be shown where it stands. */
export type Target = MessageRef & Pick<SearchHit, 'position'>;

/** What the side bar looks for, and which message a conversation is to show. */
export const useSearch = defineStore('search', () => {
  /** Only there; null: everywhere. */
  const within = shallowRef<ConversationId | null>(null);
  /** How often the search field was asked for, and with what in it; null: as it stands. */
  const asked = shallowRef<{ readonly times: number; readonly words: string | null }>({ times: 0, words: null });
  const target = shallowRef<Target | null>(null);

  function ask(conversation: ConversationId | null, words: string | null = null): void {
    within.value = conversation;
    asked.value = { times: asked.value.times + 1, words };
  }

  return { within, asked, target, ask };
});
