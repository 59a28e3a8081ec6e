// What is typed and not sent, by conversation: kept by the daemon, the same in every tab. What is typed here goes there a
// little later; until it has arrived, nothing that another tab types takes its place.
import { defineStore } from 'pinia';
import { reactive } from 'vue';
import type { ConversationId, Draft } from '../../../server/contract/model.ts';
import { DraftBook } from '../domain/message/draft-book.ts';
import { useLink } from './daemon.ts';

export const useDrafts = defineStore('drafts', () => {
  const link = useLink();
  /** As they are shown. */
  const drafts = reactive(new Map<ConversationId, string>());
  const book = new DraftBook({
    shown: drafts,
    save: async (conversation, body) => (await link.call('draft.set', { conversation, body })).revision,
  });

  /** Told by the daemon, or by the one that is in when the line is new. */
  async function load(): Promise<void> {
    book.load(await link.call('draft.list', {}));
  }

  // What a page leaves on its way out still goes through the socket.
  window.addEventListener('pagehide', () => book.flush());

  return {
    drafts,
    load,
    get: (conversation: ConversationId) => drafts.get(conversation) ?? '',
    set: (conversation: ConversationId, body: string) => book.type(conversation, body),
    take: (draft: Draft) => book.take(draft),
    drop: (conversation: ConversationId) => book.drop(conversation),
    /** Locked: what the daemon has is not kept here. */
    clear: () => book.clear(),
    /** Those that the daemon may not have. */
    unsaved: () => book.unsaved(),
    /** Sends what waits. @returns whether something would be lost with this tab. */
    leaving: () => {
      book.flush();
      return book.unsaved().length > 0 && (link.line.kind !== 'open' || book.refused());
    },
  };
});
