// Records as the interface sees them.
import type { ConversationId } from '../../contract/ids.ts';
import type { Connection, Contact, Conversation, Full, Message } from '../../contract/model.ts';
import type { ConversationMarks } from '../../contract/marks.ts';
import { PREVIEW_LENGTH } from '../../contract/limits.ts';
import { toHex } from '../../crypto/bytes.ts';
import type { ContactRecord } from '../../storage/tables/contacts.ts';
import type { Store } from '../../storage/profile-store.ts';
import type { Conversation as Place } from '../contacts/conversations.ts';
import { pictureId } from '../contacts/picture.ts';
import { isRefused, type ActiveLink } from '../links/active-link.ts';
import type { EntryViews } from './entry-views.ts';

export function conversationView(
  { messages, timers }: Pick<Store, 'messages' | 'timers'>,
  place: Place,
  views: EntryViews,
  marks: ConversationMarks,
): Conversation {
  const last = messages.last(place.id);
  return {
    ...place,
    unread: messages.unread(place.id),
    marks,
    timer: timers.get(place.id).after,
    lastMessage: last ? preview(views.view(last)) : null,
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
    ownName: contact.says?.name ?? '',
    about: contact.says?.about ?? '',
    picture: contact.says?.picture ? pictureId(contact.says.picture) : null,
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
  if (message.kind !== 'text' && message.kind !== 'file') return message;
  // Not in the middle of a surrogate pair.
  const body = message.body.slice(0, PREVIEW_LENGTH).replace(/[\ud800-\udbff]$/, '');
  return { ...message, body };
}
