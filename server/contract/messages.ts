// Messages: sent, read in pages, and what becomes of them.
import { z } from 'zod';
import { command, READY, result } from './command.ts';
import {
  conversationIdSchema,
  messageIdSchema,
  personIdSchema,
  type ConversationId,
  type MessageId,
  type PersonId,
} from './ids.ts';
import { MESSAGE_BYTES, PAGE_MESSAGES, PAGE_MESSAGES_DEFAULT } from './limits.ts';

export type Direction = 'in' | 'out';

/** Ours go queued → sent → delivered → read; theirs are received until we have read them. */
export type MessageState = 'queued' | 'sent' | 'delivered' | 'received' | 'read';

/** The author of what we said ourselves. */
export const OURSELVES = 'me' as const;

/** OURSELVES, or the id of who said it: of a contact, theirs. */
export type AuthorId = typeof OURSELVES | PersonId;

/**
 * What a message says, by kind; `unknown`: a kind that this version cannot show. Scripts find a `body` in each, empty for
 * all but a text.
 */
export type MessageContent =
  | { readonly kind: 'text'; readonly body: string }
  /** Whom, as the sender calls them, and their identity key as 64 hex digits. */
  | {
      readonly kind: 'introduction';
      readonly body: '';
      readonly introduced: { readonly name: string; readonly publicKey: string };
    }
  | { readonly kind: 'unknown'; readonly body: '' };

/** Of every kind of message. */
export interface MessageFacts {
  readonly id: MessageId;
  readonly conversation: ConversationId;
  readonly author: AuthorId;
  /** Follows from the author. */
  readonly direction: Direction;
  /** The sender's clock, which may be wrong; a time that a date can be made of. */
  readonly at: number;
  /** Our clock, when it came; of our own the same as `at`. */
  readonly arrivedAt: number;
  readonly state: MessageState;
  /** Larger is later. Need not be whole, is unique within a conversation. */
  readonly position: number;
  /** How many messages of theirs are missing right before this one. */
  readonly missing: number;
}

export type Message = MessageFacts & MessageContent;

/**
 * What a message is known by, everywhere. An id alone is not enough: each author chooses their own, so a contact may answer
 * under an id of ours.
 */
export type MessageRef = Pick<MessageFacts, 'conversation' | 'author' | 'id'>;

export const authorSchema: z.ZodType<AuthorId, AuthorId> = z.union([z.literal(OURSELVES), personIdSchema]);

/** Oldest first. `more`: older ones exist before the first of these. */
export interface MessagePage {
  readonly messages: readonly Message[];
  readonly more: boolean;
}

export const messagesCommands = {
  /** `id` is chosen by the caller, so that a repeated request sends one message; left out, the daemon chooses. */
  'message.send': command({
    params: z.strictObject({
      conversation: conversationIdSchema,
      body: z.string().max(MESSAGE_BYTES * 2),
      id: messageIdSchema.optional(),
    }),
    result: result<Message>(),
    repeatable: 'with-id',
    needs: READY,
  }),
  /** The newest `limit`, or those right before message `before`. */
  'message.page': command({
    params: z.strictObject({
      conversation: conversationIdSchema,
      before: z.strictObject({ author: authorSchema, id: messageIdSchema }).optional(),
      limit: z.int().min(1).max(PAGE_MESSAGES).default(PAGE_MESSAGES_DEFAULT),
    }),
    result: result<MessagePage>(),
    repeatable: true,
    needs: READY,
  }),
};

export interface MessagesEvents {
  /** One of theirs is on our disk. */
  'message.received': { readonly message: Message };
  /** One of ours is on our disk, from whichever tab or command line. */
  'message.stored': { readonly message: Message };
  /** Fewer are missing before it, since one came late. */
  'message.changed': { readonly message: Message };
  'message.state': MessageRef & { readonly state: MessageState };
}
