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
import type { FileFacts } from './files.ts';
import { EMOJI_LENGTH, MESSAGE_BYTES, PAGE_MESSAGES, PAGE_MESSAGES_DEFAULT } from './limits.ts';

export type Direction = 'in' | 'out';

/** Ours go queued → sent → delivered → read; theirs are received until we have read them. */
export type MessageState = 'queued' | 'sent' | 'delivered' | 'received' | 'read';

/** The author of what we said ourselves. */
export const OURSELVES = 'me' as const;

/** OURSELVES, or the id of who said it: of a contact, theirs. */
export type AuthorId = typeof OURSELVES | PersonId;

/** One emoji below a message. `by`: who gave it, in the order they did; `own`: we are among them. */
export interface Reaction {
  readonly emoji: string;
  readonly by: readonly AuthorId[];
  readonly own: boolean;
}

/**
 * What a text answers. `here`: `text` is how that begins now, at most 256 bytes, and `message.page` leads to it. `deleted`:
 * it was here. `missing`: it is not here, and `text` is what the sender says that it says. A copy that the reader has of it
 * always counts for more.
 */
export interface Reply {
  /** Null: nobody who is in this conversation. */
  readonly author: AuthorId | null;
  readonly id: MessageId;
  readonly is: 'here' | 'deleted' | 'missing';
  readonly text: string;
}

/**
 * What a message says, by kind; `unknown`: a kind that this version cannot show. Scripts find a `body` in each, empty for
 * all but a text and what is said of a file.
 */
export type MessageContent =
  | {
      readonly kind: 'text';
      readonly body: string;
      readonly reply?: Reply;
      /** A copy of what somebody else wrote. */
      readonly forwarded?: true;
      /** How often its author gave it other words; left out: never. */
      readonly edits?: number;
    }
  /** Whom, as the sender calls them, and their identity key as 64 hex digits. */
  | {
      readonly kind: 'introduction';
      readonly body: '';
      readonly introduced: { readonly name: string; readonly publicKey: string };
    }
  /** A file; `body` is what is said of it, or empty. */
  | { readonly kind: 'file'; readonly body: string; readonly file: FileFacts }
  /** A line that says what the author has changed. `timer`: what is written from then on disappears after so many seconds; 0: it stays. */
  | { readonly kind: 'change'; readonly body: ''; readonly change: { readonly timer: number } }
  /** Its author took it back, from everyone: nothing of it is left. */
  | { readonly kind: 'deleted'; readonly body: '' }
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
  /** So many seconds after it was read, or delivered if it is ours, it disappears; `at`: then, ms; null: not yet. Left out: it stays. */
  readonly disappears?: { readonly after: number; readonly at: number | null };
  /** Left out: nobody has reacted. */
  readonly reactions?: readonly Reaction[];
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

/** What is known of one message. Times in ms; null: it has not happened, or is not known. */
/** A time that one of ours was sent. */
export interface Try {
  /** Our clock, ms. */
  readonly at: number;
  /** Where the link led, as `host:port`. */
  readonly address: string;
}

export interface MessageInfo {
  /** The author's clock. */
  readonly composedAt: number;
  readonly storedAt: number;
  /** Of ours, since the profile was opened; oldest first, the newest few. */
  readonly tries: readonly Try[];
  /** Of ours: on their disk, and seen there; the latter only where both tell each other. */
  readonly deliveredAt: number | null;
  readonly readAt: number | null;
  /** Its author took it back, by their clock. */
  readonly deletedAt: number | null;
  /** As in the message, as it is now. Null: it stays. */
  readonly disappears: NonNullable<MessageFacts['disappears']> | null;
  /** Of a text, oldest first; the last is what it says. Null: too much to keep. */
  readonly versions: readonly { readonly body: string | null; readonly at: number }[];
  readonly reactions: readonly { readonly author: AuthorId; readonly emoji: string; readonly at: number }[];
}

/** What an act has made of a message. */
export type Deed = 'edited' | 'reacted' | 'deleted';

const within = z.strictObject({ author: authorSchema, id: messageIdSchema });
const ref = within.extend({ conversation: conversationIdSchema });
const body = z.string().max(MESSAGE_BYTES * 2);

export const messagesCommands = {
  /** `id` is chosen by the caller, so that a repeated request sends one message; left out, the daemon chooses. */
  'message.send': command({
    params: z.strictObject({
      conversation: conversationIdSchema,
      body,
      id: messageIdSchema.optional(),
      /** The message of the same conversation that it answers. */
      replyTo: within.optional(),
    }),
    result: result<Message>(),
    repeatable: 'with-id',
    needs: READY,
  }),
  /** A copy of a text, to another conversation or the same; `id` as in `message.send`. Whom it is from is not told. */
  'message.forward': command({
    params: z.strictObject({ from: ref, conversation: conversationIdSchema, id: messageIdSchema.optional() }),
    result: result<Message>(),
    repeatable: 'with-id',
    needs: READY,
  }),
  /** Gives a text of ours other words. The ones before stay readable in `message.info`. */
  'message.edit': command({
    params: ref.extend({ body }),
    result: result<Message>(),
    repeatable: true,
    needs: READY,
  }),
  /** Our one reaction to a message: one emoji, or empty to take it back. */
  'message.react': command({
    params: ref.extend({ emoji: z.string().max(EMOJI_LENGTH) }),
    result: result<Message>(),
    repeatable: true,
    needs: READY,
  }),
  'message.info': command({
    params: ref,
    result: result<MessageInfo>(),
    repeatable: true,
    needs: READY,
  }),
  /** The newest `limit`, or those right before message `before`. */
  'message.page': command({
    params: z.strictObject({
      conversation: conversationIdSchema,
      before: within.optional(),
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
  /** `by` has done this to it; without `act`, fewer are missing before it, since one came late. */
  'message.changed': { readonly message: Message; readonly act?: Deed; readonly by?: AuthorId };
  /** Of what we wrote, `by` has read all that is delivered and stands no later than `position` `upTo`. */
  'message.seen': { readonly conversation: ConversationId; readonly by: PersonId; readonly upTo: number };
  'message.state': MessageRef & { readonly state: MessageState };
}
