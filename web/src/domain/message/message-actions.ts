// What can be done with a message, in the order of its menu.
import type { Shown } from './outgoing.ts';

export type MessageAction = 'copy' | 'details' | 'delete';

/** Of one that the daemon has not stored yet there is nothing to be done but what its row offers. */
export function actionsOf({ body, state }: Pick<Shown, 'body' | 'state'>): readonly MessageAction[] {
  const isStored = state !== 'sending' && state !== 'failed';
  return [...(body === '' ? [] : ['copy' as const]), ...(isStored ? (['details', 'delete'] as const) : [])];
}
