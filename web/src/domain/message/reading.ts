// What of a conversation is unread, and how much of it a window has shown.
import type { Message } from '../../../../server/contract/model.ts';
import { messageKey } from './message-key.ts';
import type { Shown } from './outgoing.ts';

type Placed = Pick<Shown, 'id' | 'author' | 'direction' | 'state' | 'position'>;

function isUnread({ direction, state }: Pick<Message, 'direction'> & { readonly state: Shown['state'] }): boolean {
  return direction === 'in' && state === 'received';
}

/** The `messageKey` of the oldest of theirs that is not read; null: there is none among these. */
export function firstUnread(messages: readonly Placed[]): string | null {
  const first = messages.find(isUnread);
  return first === undefined ? null : messageKey(first);
}

/** Whether one of theirs that stands no later than `upTo` is not read. */
export function isUnreadUpTo(messages: readonly Placed[], upTo: number): boolean {
  return messages.some((message) => message.position <= upTo && isUnread(message));
}

/**
 * Whether older messages are to be loaded before all that is unread is there.
 * @param unread how many there are. @param page what was loaded last: one without any that is unread lies behind them, for
 * what is damaged counts as unread and never comes.
 */
export function wantsOlder(loaded: readonly Placed[], unread: number, page: readonly Placed[]): boolean {
  if (loaded.filter(isUnread).length >= unread) return false;
  return page.some(isUnread) || page.every(({ direction }) => direction === 'out');
}

/** A row of the list; px from its beginning. */
export interface RowPlace {
  readonly top: number;
  readonly bottom: number;
}

/** A row counts as seen although this much of it is cut off: its padding; px. */
const CUT = 12;

/**
 * Whether a row was in view: all of it, or, of one that is taller than the window, its beginning and half a window of it.
 * @param view the part of the list that the window shows.
 */
export function isSeen(row: RowPlace, view: RowPlace): boolean {
  if (row.bottom <= view.bottom + CUT) return true;
  const height = view.bottom - view.top;
  return row.bottom - row.top > height && row.top <= view.top + height / 2;
}
