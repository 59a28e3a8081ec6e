import { defineStore } from 'pinia';
import { markRaw } from 'vue';
import { ConversationBook } from './conversation-book.ts';
import { useLink } from './daemon.ts';

const useStore = defineStore('conversations', () => {
  const link = useLink();
  // Each conversation is a ref of its own, so the book itself needs no watching.
  return { book: markRaw(new ConversationBook((command, params) => link.call(command, params))) };
});

export function useConversations(): ConversationBook {
  return useStore().book;
}
