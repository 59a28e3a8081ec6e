// Records as the interface sees them.
import type { Connection, Contact, Full, Message } from '../../contract/model.ts';
import { PREVIEW_LENGTH } from '../../contract/limits.ts';
import { timeOr } from '../../contract/time.ts';
import { toHex } from '../../crypto/bytes.ts';
import { parseContent, type ParsedContent } from '../../protocol/content.ts';
import { ProtocolError } from '../../protocol/errors.ts';
import type { ContactRecord } from '../../storage/tables/contacts.ts';
import { isOurs, type MessageRecord } from '../../storage/tables/message-record.ts';
import type { Store } from '../../storage/profile-store.ts';
import type { ActiveLink } from '../links/active-link.ts';
import { receivedName } from '../contacts/names.ts';

/** @param content what the record says, where it was read before; null: unreadable. */
export function messageView(
  record: MessageRecord,
  contact: string,
  activeLink: ActiveLink | null,
  content: ParsedContent | null = readable(record.content),
): Message {
  const sent = record.state === 'queued' && activeLink !== null && record.position <= activeLink.sentUpTo;
  return {
    id: record.id,
    contact,
    direction: isOurs(record) ? 'out' : 'in',
    ...shown(content),
    // Rows of earlier Looms hold whatever was sent.
    at: timeOr(record.at, record.receivedAt),
    arrivedAt: timeOr(record.receivedAt, record.receivedAt),
    state: sent ? 'sent' : record.state === 'hidden' ? 'received' : record.state,
    order: record.position,
    missing: record.missing,
  };
}

function shown(content: ParsedContent | null): Pick<Message, 'kind' | 'body' | 'introduced'> {
  if (content?.t === 'text') return { kind: 'text', body: content.body, introduced: null };
  if (content?.t !== 'introduce') return { kind: 'unknown', body: '', introduced: null };
  const publicKey = toHex(content.ik);
  return { kind: 'introduction', body: '', introduced: { name: receivedName(content.name, publicKey), publicKey } };
}

export function contactView(
  store: Store,
  contact: ContactRecord,
  {
    conversation,
    connection,
    activeLink,
    full,
  }: {
    readonly conversation: string;
    readonly connection: Connection;
    readonly activeLink: ActiveLink | null;
    readonly full: Full | null;
  },
): Contact {
  const last = store.messages.last(conversation);
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
    unread: store.messages.unread(conversation),
    queued: store.outbox.count(contact.id),
    full,
    refuses: activeLink !== null && activeLink.flow.kind !== 'open',
    lastMessage: last ? preview(messageView(last, contact.id, activeLink)) : null,
  };
}

function preview(message: Message): Message {
  // Not in the middle of a surrogate pair.
  const body = message.body.slice(0, PREVIEW_LENGTH).replace(/[\ud800-\udbff]$/, '');
  return { ...message, body };
}

function readable(content: Uint8Array): ParsedContent | null {
  try {
    return parseContent(content);
  } catch (error) {
    if (error instanceof ProtocolError) return null;
    throw error;
  }
}
