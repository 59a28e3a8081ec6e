// What can be said about where a person is.
import type { Connection, Contact } from '../../../server/contract/model.ts';

/** `paused`: this page has no connection to Loom, so what it last heard may no longer hold. */
export type Presence = Connection | 'blocked' | 'paused';

/** @param heard whether what the page knows is fresh. */
export function presenceOf(contact: Pick<Contact, 'blocked' | 'connection'>, heard: boolean): Presence {
  if (contact.blocked) return 'blocked';
  return heard ? contact.connection : 'paused';
}
