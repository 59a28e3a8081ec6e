// What is typed and not sent, by conversation: kept by the daemon, the same in every tab. What is typed here goes there a
// little later; until it has arrived, nothing that another tab types takes its place.
import { defineStore } from 'pinia';
import { reactive, shallowReactive, shallowRef } from 'vue';
import type { ConversationId, Draft, MessageRef } from '../../../server/contract/model.ts';
import { isChanged, type Begun } from '../domain/message/answering.ts';
import { DraftBook } from '../domain/message/draft-book.ts';
import type { Forwarding } from '../domain/message/forwarding.ts';
import { isSame } from '../domain/message/message-key.ts';
import type { Shown } from '../domain/message/outgoing.ts';
import { useLink } from './daemon.ts';

export const useDrafts = defineStore('drafts', () => {
  const link = useLink();
  /** As they are shown. */
  const drafts = reactive(new Map<ConversationId, string>());
  /** What is written about a message, and who is to get a copy of one: in this tab alone, for as long as it is open. */
  const begun = shallowReactive(new Map<ConversationId, Begun>());
  const forwarding = shallowRef<Forwarding<Shown> | null>(null);
  const book = new DraftBook({
    shown: drafts,
    save: async (conversation, body) => (await link.call('draft.set', { conversation, body })).revision,
  });

  /** Told by the daemon, or by the one that is in when the line is new. */
  async function load(): Promise<void> {
    book.load(await link.call('draft.list', {}));
  }

  function dropAbout(conversation: ConversationId): void {
    begun.delete(conversation);
    if (forwarding.value?.message.conversation === conversation) forwarding.value = null;
  }

  /** One that is gone is neither answered nor edited. */
  function gone(message: MessageRef): void {
    const isIt = (other: MessageRef | undefined): boolean => other !== undefined && isSame(other, message);
    if (isIt(begun.get(message.conversation)?.about.message)) begun.delete(message.conversation);
    if (isIt(forwarding.value?.message)) forwarding.value = null;
  }

  // What a page leaves on its way out still goes through the socket.
  window.addEventListener('pagehide', () => book.leave());

  return {
    drafts,
    begun,
    forwarding,
    load,
    get: (conversation: ConversationId) => drafts.get(conversation) ?? '',
    set: (conversation: ConversationId, body: string) => book.type(conversation, body),
    take: (draft: Draft) => book.take(draft),
    gone,
    /** Of a conversation whose messages are gone. */
    dropAbout,
    drop: (conversation: ConversationId) => {
      book.drop(conversation);
      dropAbout(conversation);
    },
    /** Locked: what the daemon has is not kept here. */
    clear: () => {
      book.clear();
      begun.clear();
      forwarding.value = null;
    },
    /** Those that the daemon may not have. */
    unsaved: () => book.unsaved(),
    /** Sends what waits. @returns whether something would be lost with this tab. */
    leaving: () => {
      book.leave();
      if ([...begun.values()].some(isChanged)) return true;
      return book.unsaved().length > 0 && (link.line.kind !== 'open' || book.refused());
    },
  };
});
