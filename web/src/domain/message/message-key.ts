// A message as a key of maps and rows: its whole reference within a conversation.
import type { MessageRef } from '../../../../server/contract/model.ts';

/** One string for each message of a conversation; an id alone may be that of two. */
export function messageKey({ author, id }: Pick<MessageRef, 'author' | 'id'>): string {
  return `${author} ${id}`;
}

export function isSame(one: MessageRef, other: MessageRef): boolean {
  return one.conversation === other.conversation && messageKey(one) === messageKey(other);
}
