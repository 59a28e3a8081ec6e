// Conversations: where something is said, and what is read, deleted or being typed in them as a whole.
import { z } from 'zod';
import { command, none, READY, result, type Done } from './command.ts';
import { conversationIdSchema, messageIdSchema, type ContactId, type ConversationId, type PersonId } from './ids.ts';
import { MUTE_SECONDS, TIMER_SECONDS, TIMER_SECONDS_MOST } from './limits.ts';
import type { ConversationMarks } from './marks.ts';
import { authorSchema, type Message, type MessageRef } from './messages.ts';

/** `direct`: with one contact, and gone with them. `notes`: to ourselves. */
export type ConversationWith = { readonly kind: 'direct'; readonly contact: ContactId } | { readonly kind: 'notes' };

export type Conversation = ConversationWith & {
  readonly id: ConversationId;
  readonly unread: number;
  readonly marks: ConversationMarks;
  /** What is written from now on disappears so many seconds after it was read; 0: it stays. */
  readonly timer: number;
  /** The newest message, its text cut to PREVIEW_LENGTH; null: none yet. */
  readonly lastMessage: Message | null;
};

export interface ReadReceipts {
  readonly on: boolean;
}

const conversation = z.strictObject({ conversation: conversationIdSchema });

export const conversationsCommands = {
  /** One for each contact, and the notes once there are any. */
  'conversation.list': command({
    params: none,
    result: result<readonly Conversation[]>(),
    repeatable: true,
    needs: READY,
  }),
  /** The notes to ourselves, begun if there are none yet. */
  'conversation.notes': command({
    params: none,
    result: result<Conversation>(),
    repeatable: true,
    needs: READY,
  }),
  /** On top of the list, in the order of pinning. */
  'conversation.pin': command({
    params: conversation.extend({ pinned: z.boolean() }),
    result: result<Conversation>(),
    repeatable: true,
    needs: READY,
  }),
  /** For so many seconds, 0: no more; null: until the person says so. */
  'conversation.mute': command({
    params: conversation.extend({ seconds: z.int().min(0).max(MUTE_SECONDS).nullable() }),
    result: result<Conversation>(),
    repeatable: true,
    needs: READY,
  }),
  /** Out of the list; it comes back with the next entry, unless it is muted by then. */
  'conversation.archive': command({
    params: conversation.extend({ archived: z.boolean() }),
    result: result<Conversation>(),
    repeatable: true,
    needs: READY,
  }),
  /** Shown as unread, until it is read or this is taken back. Nothing in it becomes unread, and nobody learns of it. */
  'conversation.unread': command({
    params: conversation.extend({ unread: z.boolean() }),
    result: result<Conversation>(),
    repeatable: true,
    needs: READY,
  }),
  /** What everyone writes in it from now on disappears so many seconds after it was read; 0: it stays. Said in it as a line. */
  'conversation.timer': command({
    params: conversation.extend({
      seconds: z.union([z.literal(0), z.int().min(TIMER_SECONDS).max(TIMER_SECONDS_MOST)]),
    }),
    result: result<Conversation>(),
    repeatable: true,
    needs: READY,
  }),
  /** Marks what they wrote as read: all of it, or what stands no later than `position` `upTo`. */
  'message.read': command({
    params: conversation.extend({ upTo: z.number().optional() }),
    result: result<Conversation>(),
    repeatable: true,
    needs: READY,
  }),
  /**
   * From this device alone, for good. One that is not on theirs yet is not sent any more. `everyone`: one of ours, from
   * their devices as well; that there was a message stays to be seen.
   */
  'message.delete': command({
    params: z.strictObject({
      conversation: conversationIdSchema,
      author: authorSchema,
      id: messageIdSchema,
      everyone: z.boolean().default(false),
    }),
    result: result<Conversation>(),
    repeatable: false,
    needs: READY,
  }),
  /** Deletes every message of a conversation that is there now, as `message.delete` does. */
  'conversation.clear': command({
    params: conversation,
    result: result<Conversation>(),
    repeatable: false,
    needs: READY,
  }),
  /** Whether we tell others what we have read, and see what they have: both, or neither. On until it is set. */
  'receipts.get': command({
    params: none,
    result: result<ReadReceipts>(),
    repeatable: true,
    needs: READY,
  }),
  'receipts.set': command({
    params: z.strictObject({ on: z.boolean() }),
    result: result<ReadReceipts>(),
    repeatable: true,
    needs: READY,
  }),
  /** Tells them, while linked, that we are typing. Never stored. */
  'typing.set': command({
    params: z.strictObject({ conversation: conversationIdSchema, typing: z.boolean() }),
    result: result<Done>(),
    repeatable: false,
    needs: READY,
  }),
};

export interface ConversationsEvents {
  'conversation.changed': { readonly conversation: Conversation };
  /** With a contact who was removed. */
  'conversation.removed': { readonly conversation: ConversationId };
  /** What they wrote is read, in some tab: all up to now, or what stands no later than `position` `upTo`. */
  'message.read': { readonly conversation: ConversationId; readonly upTo: number | null };
  /** Here, and out of sight. What its author took back from everyone is `message.changed`. */
  'message.deleted': MessageRef;
  'receipts.changed': ReadReceipts;
  /** Many of a conversation are gone: it is to be loaded anew. */
  'conversation.cleared': { readonly conversation: ConversationId };
  'typing.changed': { readonly conversation: ConversationId; readonly author: PersonId; readonly typing: boolean };
}
