// Messages: sent, read in pages, and what becomes of them.
import { z } from 'zod';
import { command, READY, result } from './command.ts';
import { contactIdSchema, messageIdSchema, type ContactId, type MessageId } from './ids.ts';
import { MESSAGE_BYTES, PAGE_MESSAGES, PAGE_MESSAGES_DEFAULT } from './limits.ts';

export type Direction = 'in' | 'out';

/** Ours go queued → sent → delivered → read; theirs are received until we have read them. */
export type MessageState = 'queued' | 'sent' | 'delivered' | 'received' | 'read';

export interface Message {
  readonly id: MessageId;
  readonly contact: ContactId;
  readonly direction: Direction;
  /** `unknown`: a kind of message this version cannot show. The body of all but a text is empty. */
  readonly kind: 'text' | 'introduction' | 'unknown';
  readonly body: string;
  /** Of an introduction: whom, as the sender calls them, and their identity key as 64 hex digits. */
  readonly introduced: { readonly name: string; readonly publicKey: string } | null;
  /** The sender's clock, which may be wrong; a time that a date can be made of. */
  readonly at: number;
  /** Our clock, when it came; of our own the same as `at`. */
  readonly arrivedAt: number;
  readonly state: MessageState;
  /** Place in the conversation: larger is later. Need not be whole, is unique within a conversation. */
  readonly order: number;
  /** How many messages of theirs are missing right before this one. */
  readonly missing: number;
}

/**
 * What a message is known by, everywhere. An id alone is not enough: both sides choose theirs, so a contact may answer
 * under an id of ours.
 */
export type MessageRef = Pick<Message, 'contact' | 'direction' | 'id'>;

/** Oldest first. `more`: older ones exist before the first of these. */
export interface MessagePage {
  readonly messages: readonly Message[];
  readonly more: boolean;
}

export const messagesCommands = {
  /** `id` is chosen by the caller, so that a repeated request sends one message; left out, the daemon chooses. */
  'message.send': command({
    params: z.strictObject({
      contact: contactIdSchema,
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
      contact: contactIdSchema,
      before: z.strictObject({ direction: z.enum(['in', 'out']), id: messageIdSchema }).optional(),
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
