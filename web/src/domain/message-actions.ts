// What can be done with a message, in the order of its menu.
import type { Shown } from './outgoing.ts';

export type MessageAction = 'copy' | 'details' | 'delete';

/** Of one that the daemon has not stored yet there is nothing to be done but what its row offers. */
export function actionsOf({ kind, state }: Pick<Shown, 'kind' | 'state'>): readonly MessageAction[] {
  if (state === 'sending' || state === 'failed') return kind === 'text' ? ['copy'] : [];
  return kind === 'text' ? ['copy', 'details', 'delete'] : ['details', 'delete'];
}
