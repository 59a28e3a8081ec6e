// What a kind of content means here, once it has been read: whether people see it, as what, and what it does. The other half
// of a kind's module, whose bytes are known to `protocol/content/kinds`.
import type { ContactId, ConversationId } from '../../../contract/ids.ts';
import type { AuthorId, Deed, MessageContent } from '../../../contract/model.ts';
import type { ContentOf } from '../../../protocol/content/content.ts';
import type { ContactRecord } from '../../../storage/tables/contacts.ts';
import type { MessageRecord, MessageRef } from '../../../storage/tables/message/message-record.ts';
import type { Roster } from '../../contacts/roster.ts';
import type { Entries } from '../entries.ts';

/** The message that a content came in: its reference, its number in its direction, and its times in ms. */
export type ActFacts = Pick<MessageRecord, 'conversation' | 'author' | 'id' | 'seq' | 'at' | 'receivedAt'>;

/** What a content may act on, inside the transaction that stores it. */
export interface Acting {
  readonly act: ActFacts;
  /** Who said it; null: ourselves. */
  readonly contact: ContactRecord | null;
  readonly roster: Roster;
  readonly entries: Entries;
  readonly told: ActListener;
  readonly offers: OfferListener;
}

export interface OfferListener {
  /** Inside the transaction. @param contact null: ourselves. @returns what follows once it is durable; null: nothing. */
  offered(content: ContentOf<'file'>, act: ActFacts, contact: ContactId | null): (() => void) | null;
}

export interface ActListener {
  /** They told us a presence key that we did not know. */
  onPresence(contact: ContactId): void;
  /** They say something else of themselves. */
  onProfile(contact: ContactId): void;
  onActed(message: MessageRef, deed: Deed, by: AuthorId): void;
  /** Of what we wrote, `by` has seen all up to this position. */
  onSeen(conversation: ConversationId, by: ContactId, upTo: number): void;
  /** What is written there from now on is there for another time. */
  onTimer(conversation: ConversationId): void;
}

/** How a content is put that changes a message: the message, and what it is then; null: it stays as it is. */
export interface ChangeOf {
  readonly target: MessageRef;
  readonly deed: Deed;
  readonly change: (entry: MessageRecord) => MessageRecord | null;
}

export interface MessageKind<Content> {
  /** As people see it; null: not for people. Then only that it came, and under which number, is kept of theirs. */
  readonly view: ((content: Content) => MessageContent) | null;
  /** How long it is there once it has been read, ms; null, or left out: it stays. */
  readonly life?: (content: Content) => number | null;
  /** What it changes when it is said. @returns what is to be told of that once it is durable; null: nothing. */
  readonly apply?: (content: Content, acting: Acting) => (() => void) | null;
}
