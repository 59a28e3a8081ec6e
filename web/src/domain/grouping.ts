// Where one message stands among its neighbours: a new day, a new speaker, the same breath.
import type { Message } from '../../../server/contract/model.ts';
import { sentAt } from '../../../server/contract/time.ts';
import { messageKey } from './message-key.ts';

type Placed = Pick<Message, 'direction' | 'at' | 'arrivedAt' | 'kind' | 'missing'>;

/** Within this, messages of one person read as one utterance. */
const BREATH_MS = 5 * 60_000;

function isSameDay(a: number, b: number): boolean {
  const one = new Date(a);
  const other = new Date(b);
  return (
    one.getFullYear() === other.getFullYear() &&
    one.getMonth() === other.getMonth() &&
    one.getDate() === other.getDate()
  );
}

/** Whether a day line stands before `message`. */
export function opensDay(previous: Placed | undefined, message: Placed): boolean {
  return previous === undefined || !isSameDay(sentAt(previous), sentAt(message));
}

/** Whether `message` continues what `previous` said. */
export function continues(previous: Placed | undefined, message: Placed): boolean {
  return (
    previous?.direction === message.direction &&
    message.missing === 0 &&
    Math.abs(sentAt(message) - sentAt(previous)) < BREATH_MS &&
    isSameDay(sentAt(previous), sentAt(message))
  );
}

/** The `messageKey` of the oldest of the newest `unread` messages of theirs; null when they are not all loaded. */
export function firstUnread(
  messages: readonly Pick<Message, 'id' | 'author' | 'direction'>[],
  unread: number,
): string | null {
  let left = unread;
  let first: string | null = null;
  for (let at = messages.length - 1; at >= 0 && left > 0; at -= 1) {
    const message = messages[at];
    if (message?.direction !== 'in') continue;
    first = messageKey(message);
    left -= 1;
  }
  return left === 0 ? first : null;
}
