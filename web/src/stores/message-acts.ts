// What people do with a message that is there: each asks the daemon, and what it answers is shown.
import { defineStore } from 'pinia';
import type { ConversationId, Message, MessageId, MessageInfo, MessageRef } from '../../../server/contract/model.ts';
import { CallError } from '../api/pending.ts';
import { passOn, type Forwarding } from '../domain/message/forwarding.ts';
import { useConversations } from './conversations.ts';
import { useLink } from './daemon.ts';

const refOf = ({ conversation, author, id }: MessageRef): MessageRef => ({ conversation, author, id });

export const useMessageActs = defineStore('message-acts', () => {
  const link = useLink();
  const conversations = useConversations();

  function show(message: Message): void {
    conversations.change(message);
    conversations.publish();
  }

  /** Gives a text of ours other words. */
  async function edit(message: MessageRef, body: string): Promise<void> {
    show(await link.call('message.edit', { ...refOf(message), body }));
  }

  /** @param emoji empty: ours is taken back. */
  async function react(message: MessageRef, emoji: string): Promise<void> {
    show(await link.call('message.react', { ...refOf(message), emoji }));
  }

  async function copy(from: MessageRef, conversation: ConversationId, id: MessageId): Promise<void> {
    try {
      conversations.put(await link.call('message.forward', { from: refOf(from), conversation, id }));
      conversations.publish();
    } catch (error) {
      // Stored by an earlier attempt whose reply was lost.
      if (!(error instanceof CallError) || error.code !== 'message-id-taken') throw error;
    }
  }

  /** A copy goes to each that is chosen, then the word after it, when there is one. */
  function forward(forwarding: Forwarding): Promise<void> {
    return passOn(forwarding, { copy, say: (conversation, word) => conversations.send(conversation, word) });
  }

  function info(message: MessageRef): Promise<MessageInfo> {
    return link.call('message.info', refOf(message));
  }

  /** From this device. */
  async function remove(message: MessageRef): Promise<void> {
    await link.call('message.delete', refOf(message));
    conversations.take(refOf(message));
    conversations.publish();
  }

  /** One of ours, from their devices as well. What is left of it, the daemon tells. */
  async function takeBack(message: MessageRef): Promise<void> {
    await link.call('message.delete', { ...refOf(message), everyone: true });
  }

  /** All of a conversation, from this device. */
  async function clear(conversation: ConversationId): Promise<void> {
    await link.call('conversation.clear', { conversation });
    conversations.reload(conversation);
  }

  function tellTyping(conversation: ConversationId, typing: boolean): void {
    link.call('typing.set', { conversation, typing }).catch(() => undefined); // A nicety: lost is lost.
  }

  return { tellTyping, clear, edit, react, forward, info, remove, takeBack };
});
