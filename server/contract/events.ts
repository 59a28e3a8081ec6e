// What the daemon tells by itself. Every event has the next cursor; a tab that comes back asks for all since its own.
import type {
  BackupStatus,
  Contact,
  ContactRequest,
  Direction,
  Id,
  Identity,
  Invite,
  Message,
  MessageState,
  NearbyPeer,
  NetworkFacts,
  Pairing,
  Person,
  ProfileState,
  Task,
} from './model.ts';

export interface Events {
  /** Created, unlocked, locked. After this, reload everything. */
  'state.changed': { readonly state: ProfileState };
  'identity.changed': { readonly identity: Identity };
  'contact.changed': { readonly contact: Contact };
  'contact.removed': { readonly contact: Id };
  'request.changed': { readonly request: ContactRequest };
  'request.removed': { readonly request: Id };
  /** One of theirs is on our disk. */
  'message.received': { readonly message: Message };
  /** One of ours is on our disk, from whichever tab or command line. */
  'message.stored': { readonly message: Message };
  /** Fewer are missing before it, since one came late. */
  'message.changed': { readonly message: Message };
  'message.state': { readonly contact: Id; readonly id: Id; readonly state: MessageState };
  /** What they wrote is read, in some tab: all up to now, or what stands no later than `order` `upTo`. */
  'message.read': { readonly contact: Id; readonly upTo: number | null };
  'message.deleted': { readonly contact: Id; readonly direction: Direction; readonly id: Id };
  /** Many of a conversation are gone: it is to be loaded anew. */
  'conversation.cleared': { readonly contact: Id };
  'typing.changed': { readonly contact: Id; readonly typing: boolean };
  'peer.discovered': { readonly peer: NearbyPeer };
  /** Everyone nearby who is visible to everyone. */
  'people.changed': { readonly people: readonly Person[] };
  'pairing.changed': { readonly pairing: Pairing };
  'invite.changed': { readonly invite: Invite };
  'peer.lost': { readonly contact: Id };
  'session.established': { readonly contact: Id; readonly resumed: boolean };
  'network.changed': { readonly network: NetworkFacts };
  /** Null: it is over. */
  'task.changed': { readonly task: Task | null };
  'backup.changed': { readonly backup: BackupStatus };
  'storage.changed': { readonly storage: 'ok' | 'failing' };
  /** For people who look; carries no names, keys or texts. */
  log: { readonly level: 'info' | 'warn' | 'error'; readonly text: string };
}

export type EventName = keyof Events;

/** One event on the wire. */
export type EventMessage = {
  [N in EventName]: { readonly cursor: number; readonly event: N; readonly data: Events[N] };
}[EventName];
