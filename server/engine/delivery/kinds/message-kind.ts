// What a kind of content means here, once it has been read: whether people see it, as what, and what it does. The other half
// of a kind's module, whose bytes are known to `protocol/content/kinds`.
import type { ContactId } from '../../../contract/ids.ts';
import type { MessageContent } from '../../../contract/model.ts';
import type { ContactRecord } from '../../../storage/tables/contacts.ts';
import type { Roster } from '../../contacts/roster.ts';

/** What a content may act on, inside the transaction that stores it. */
export interface Acting {
  /** Who said it. */
  readonly contact: ContactRecord;
  readonly roster: Roster;
  readonly told: ActListener;
}

export interface ActListener {
  /** They told us a presence key that we did not know. */
  onPresence(contact: ContactId): void;
}

export interface MessageKind<Content> {
  /** As people see it; null: not for people. Then only that it came, and under which number, is kept of theirs. */
  readonly view: ((content: Content) => MessageContent) | null;
  /** What it changes when a contact says it. @returns what is to be told of that once it is durable; null: nothing. */
  readonly apply?: (content: Content, acting: Acting) => (() => void) | null;
}
