// A message as scripts read it: everything it may have stands in it, also where there is nothing.
import type { MessageId } from '../../contract/ids.ts';
import type { AuthorId, Message, Reaction } from '../../contract/model.ts';

interface Complete {
  /** What it answers. Its author is null where that is nobody in this conversation. */
  readonly replyTo: { readonly author: AuthorId | null; readonly id: MessageId } | null;
  readonly reactions: readonly Reaction[];
  /** How often it was given other words. */
  readonly edited: number;
  /** Its author took it back from everyone. */
  readonly deleted: boolean;
  /** When it disappears, ms; null: not, or its time has yet to begin. */
  readonly expiresAt: number | null;
}

export function messageJson(message: Message): Message & Complete {
  const { reply, edits } = message.kind === 'text' ? message : {};
  return {
    ...message,
    replyTo: reply ? { author: reply.author, id: reply.id } : null,
    reactions: message.reactions ?? [],
    edited: edits ?? 0,
    deleted: message.kind === 'deleted',
    expiresAt: message.disappears?.at ?? null,
  };
}
