// Where one message stands among its neighbours: a new day, a new speaker, the same breath.
import type { Message } from '../../../../server/contract/model.ts';
import { sentAt } from '../../../../server/contract/words/time.ts';

type Placed = Pick<Message, 'direction' | 'at' | 'arrivedAt' | 'kind' | 'missing'>;
/** Of ours, its state is shown. */
type Told = Placed & { readonly state: string };

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
    previous.kind !== 'change' &&
    message.kind !== 'change' &&
    message.missing === 0 &&
    Math.abs(sentAt(message) - sentAt(previous)) < BREATH_MS &&
    isSameDay(sentAt(previous), sentAt(message))
  );
}

const MINUTE_MS = 60_000;

/**
 * Whether `message` says when it was written, and what has become of it: the last of those that were written in the same
 * breath and minute does, for all of them.
 */
export function tellsTime(message: Told, next: Told | undefined): boolean {
  if (next === undefined || !continues(message, next) || !isSameMinute(message, next)) return true;
  return message.direction === 'out' && next.state !== message.state;
}

function isSameMinute(one: Placed, other: Placed): boolean {
  return Math.floor(sentAt(one) / MINUTE_MS) === Math.floor(sentAt(other) / MINUTE_MS);
}
