// What can be done with a message, in the order of its menu.
import type { Shown } from './outgoing.ts';

export type MessageAction = 'reply' | 'react' | 'edit' | 'forward' | 'copy' | 'details' | 'delete';

type Acted = Pick<Shown, 'kind' | 'body' | 'state' | 'direction'>;

const tests: readonly (readonly [MessageAction, (message: Acted) => boolean])[] = [
  ['reply', canBeAnswered],
  ['react', canBeAnswered],
  ['edit', ({ kind, direction }) => kind === 'text' && direction === 'out'],
  ['forward', ({ kind }) => kind === 'text'],
  ['copy', ({ body }) => body !== ''],
  ['details', () => true],
  ['delete', () => true],
];

/** Of one that the daemon has not stored yet there is little to be done but what its row offers. */
export function actionsOf(message: Acted): readonly MessageAction[] {
  const isStored = message.state !== 'sending' && message.state !== 'failed';
  return tests.flatMap(([action, fits]) => (fits(message) && (isStored || action === 'copy') ? [action] : []));
}

function canBeAnswered({ kind }: Acted): boolean {
  return kind !== 'deleted' && kind !== 'unknown' && kind !== 'change';
}
