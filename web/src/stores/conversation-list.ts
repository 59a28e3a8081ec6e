// Every conversation there is, as the list shows it; what is loaded of each is kept by `conversation-book.ts`. The map is
// changed in place, then published once a batch.
import { defineStore } from 'pinia';
import { computed, shallowRef, triggerRef } from 'vue';
import type { ShallowRef } from 'vue';
import type {
  Conversation,
  ConversationId,
  Message,
  MessageRef,
  MessageState,
} from '../../../server/contract/model.ts';
import { inOrder } from '../domain/contact-order.ts';
import { listed } from '../domain/listed.ts';
import type { Listed } from '../domain/listed.ts';
import { messageKey } from '../domain/message/message-key.ts';
import { laterState } from '../domain/message/timeline.ts';
import { useContacts } from './contacts.ts';
import { useLink } from './daemon.ts';

type Conversations = ShallowRef<Map<ConversationId, Conversation>>;

/** What events do. Nothing shows before it is published. */
function createChanges(conversations: Conversations) {
  function put(conversation: Conversation): void {
    conversations.value.set(conversation.id, conversation);
  }

  /** The preview follows at once, should the conversation's own event come later. */
  function noteMessage(message: Message): void {
    const known = conversations.value.get(message.conversation);
    if (known === undefined || (known.lastMessage?.position ?? -Infinity) >= message.position) return;
    put({ ...known, lastMessage: message });
  }

  function noteState(message: MessageRef, state: MessageState): void {
    const known = conversations.value.get(message.conversation);
    const lastMessage = known?.lastMessage;
    if (!known || !lastMessage || messageKey(lastMessage) !== messageKey(message)) return;
    put({ ...known, lastMessage: { ...lastMessage, state: laterState(lastMessage.state, state) } });
  }

  /** It says something else now, or is gone for everyone. */
  function noteChange(message: Message): void {
    const known = conversations.value.get(message.conversation);
    const lastMessage = known?.lastMessage;
    if (known && lastMessage && messageKey(lastMessage) === messageKey(message))
      put({ ...known, lastMessage: message });
  }

  function noteSeen(conversation: ConversationId, upTo: number): void {
    const lastMessage = conversations.value.get(conversation)?.lastMessage;
    const isTheirs = lastMessage?.direction !== 'out' || lastMessage.state !== 'delivered';
    if (!isTheirs && lastMessage.position <= upTo) noteState(lastMessage, 'read');
  }

  const drop = (id: ConversationId): boolean => conversations.value.delete(id);
  return { put, drop, noteMessage, noteChange, noteState, noteSeen };
}

export const useConversationList = defineStore('conversation-list', () => {
  const link = useLink();
  const contacts = useContacts();
  const conversations: Conversations = shallowRef(new Map());
  const changes = createChanges(conversations);

  /** With one contact each, by the conversation's id. */
  const direct = computed(() => {
    const known = conversations.value;
    const all = [...contacts.contacts.values()].map((contact) => listed(contact, known.get(contact.conversation)));
    return new Map(all.map((entry) => [entry.conversation, entry]));
  });
  const all = computed(() => inOrder(direct.value.values()));
  const ordered = computed(() => all.value.filter(({ marks }) => !marks.archived));
  const archived = computed(() => all.value.filter(({ marks }) => marks.archived));
  /** The notes to ourselves; null until they are begun. */
  const notes = computed(() => [...conversations.value.values()].find(({ kind }) => kind === 'notes') ?? null);
  /** Of those that one wants to be told of. */
  const unread = computed(() => all.value.filter(counts).reduce((sum, entry) => sum + entry.unread, 0));

  async function load(): Promise<void> {
    const list = await link.call('conversation.list', {});
    conversations.value = new Map(list.map((conversation) => [conversation.id, conversation]));
  }

  return {
    conversations,
    direct,
    all,
    ordered,
    archived,
    notes,
    unread,
    ...changes,
    publish: () => triggerRef(conversations),
    load,
    clear: () => (conversations.value = new Map()),
    ...createCommands(conversations),
  };
});

function counts({ blocked, marks }: Listed): boolean {
  return !blocked && marks.muted === null;
}

/** Conversations begun or shown another way here, in place at once. */
function createCommands(conversations: Conversations) {
  const link = useLink();

  function keep(conversation: Conversation): void {
    conversations.value.set(conversation.id, conversation);
    triggerRef(conversations);
  }

  return {
    /** @returns the id of the notes to ourselves; they are begun when there are none yet. */
    openNotes: async () => {
      const notes = await link.call('conversation.notes', {});
      keep(notes);
      return notes.id;
    },
    pin: async (conversation: ConversationId, pinned: boolean) =>
      keep(await link.call('conversation.pin', { conversation, pinned })),
    /** @param seconds 0: no more; null: until the person says so. */
    mute: async (conversation: ConversationId, seconds: number | null) =>
      keep(await link.call('conversation.mute', { conversation, seconds })),
    archive: async (conversation: ConversationId, archived: boolean) =>
      keep(await link.call('conversation.archive', { conversation, archived })),
    /** @param seconds 0: what is written stays. */
    setTimer: async (conversation: ConversationId, seconds: number) =>
      keep(await link.call('conversation.timer', { conversation, seconds })),
    markUnread: async (conversation: ConversationId, unread: boolean) =>
      keep(await link.call('conversation.unread', { conversation, unread })),
  };
}
