// Records as the interface sees them.
import type { ConversationId } from '../../contract/ids.ts';
import type { Connection, Contact, Conversation, Full, Message } from '../../contract/model.ts';
import type { ConversationMarks } from '../../contract/marks.ts';
import { PREVIEW_LENGTH } from '../../contract/limits.ts';
import { timeOr } from '../../contract/words/time.ts';
import { toHex } from '../../crypto/bytes.ts';
import type { ParsedContent } from '../../protocol/content/content.ts';
import type { ContactRecord } from '../../storage/tables/contacts.ts';
import { isOurs, type MessageRecord } from '../../storage/tables/message-record.ts';
import type { Store } from '../../storage/profile-store.ts';
import type { Conversation as Place } from '../contacts/conversations.ts';
import { readContent, viewOf } from '../delivery/kinds/kinds.ts';
import { isRefused, type ActiveLink } from '../links/active-link.ts';

/** @param activeLinks of the conversation. @param content what the record says, where it was read before; null: unreadable. */
export function messageView(
  record: MessageRecord,
  activeLinks: readonly ActiveLink[],
  content: ParsedContent | null = readContent(record.content),
): Message {
  const sent = record.state === 'queued' && activeLinks.some(({ sentUpTo }) => record.position <= sentUpTo);
  return {
    id: record.id,
    conversation: record.conversation,
    author: record.author,
    direction: isOurs(record) ? 'out' : 'in',
    ...viewOf(content),
    // Rows of earlier Looms hold whatever was sent.
    at: timeOr(record.at, record.receivedAt),
    arrivedAt: timeOr(record.receivedAt, record.receivedAt),
    state: sent ? 'sent' : record.state === 'hidden' ? 'received' : record.state,
    position: record.position,
    missing: record.missing,
  };
}

export function conversationView(
  { messages }: Pick<Store, 'messages'>,
  place: Place,
  activeLinks: readonly ActiveLink[],
  marks: ConversationMarks,
): Conversation {
  const last = messages.last(place.id);
  return {
    ...place,
    unread: messages.unread(place.id),
    marks,
    lastMessage: last ? preview(messageView(last, activeLinks)) : null,
  };
}

export function contactView(
  store: Pick<Store, 'outbox'>,
  contact: ContactRecord,
  {
    conversation,
    connection,
    activeLinks,
    full,
  }: {
    readonly conversation: ConversationId;
    readonly connection: Connection;
    readonly activeLinks: readonly ActiveLink[];
    readonly full: Full | null;
  },
): Contact {
  return {
    id: contact.id,
    name: contact.name,
    publicKey: toHex(contact.ik),
    verified: contact.verified,
    addedBy: contact.addedBy ?? 'token',
    introducedBy: contact.introducedBy ? toHex(contact.introducedBy) : null,
    invite: contact.invite ?? null,
    blocked: contact.blocked,
    connection,
    addresses: contact.addresses.map((entry) => entry.address),
    addedAt: contact.addedAt,
    lastSeen: contact.lastSeen,
    conversation,
    queued: store.outbox.count(contact.id),
    full,
    refuses: activeLinks.length > 0 && activeLinks.every(isRefused),
  };
}

function preview(message: Message): Message {
  if (message.kind !== 'text') return message;
  // Not in the middle of a surrogate pair.
  const body = message.body.slice(0, PREVIEW_LENGTH).replace(/[\ud800-\udbff]$/, '');
  return { ...message, body };
}
