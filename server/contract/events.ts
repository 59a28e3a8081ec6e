// What the daemon tells by itself. Every event has the next cursor; a tab that comes back asks for all since its own.
import type { ContactsEvents } from './contacts.ts';
import type { ConversationsEvents } from './conversations.ts';
import type { DraftsEvents } from './drafts.ts';
import type { FilesEvents } from './files.ts';
import type { IdentityEvents } from './identity.ts';
import type { MeetingEvents } from './meeting.ts';
import type { MessagesEvents } from './messages.ts';
import type { NetworkEvents } from './network.ts';
import type { ProfileEvents } from './profile.ts';
import type { RecoveryEvents } from './recovery.ts';

/** By name, the data of each. */
export interface Events
  extends
    ProfileEvents,
    IdentityEvents,
    RecoveryEvents,
    ContactsEvents,
    MessagesEvents,
    FilesEvents,
    ConversationsEvents,
    DraftsEvents,
    MeetingEvents,
    NetworkEvents {}

export type EventName = keyof Events;

/** One event on the wire. */
export type EventMessage = {
  [N in EventName]: { readonly cursor: number; readonly event: N; readonly data: Events[N] };
}[EventName];
