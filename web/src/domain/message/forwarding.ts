// A message on its way to several conversations, one after the other. What failed goes on where it stopped: nobody gets it
// twice.
import type { ConversationId, MessageId, MessageRef } from '../../../../server/contract/model.ts';

export interface Forwarding<M extends MessageRef = MessageRef> {
  readonly message: M;
  /** Who is to have it and does not yet, each with the id of their copy: asked again, it is stored once. */
  readonly chosen: Map<ConversationId, MessageId>;
  /** Who has it. */
  readonly served: Set<ConversationId>;
  /** What is said after it; empty: nothing. */
  word: string;
}

export interface ForwardingParts {
  /** Stores a copy under `id`. @throws what the daemon says. */
  readonly copy: (message: MessageRef, conversation: ConversationId, id: MessageId) => Promise<void>;
  /** Says a word; what fails of it stays in its conversation, to be tried again there. */
  readonly say: (conversation: ConversationId, word: string) => Promise<void>;
}

export function toggleChosen({ chosen }: Forwarding, conversation: ConversationId, newId: () => MessageId): void {
  if (!chosen.delete(conversation)) chosen.set(conversation, newId());
}

/** To each that is chosen and has not been served. @throws with the first that fails; those before it are served. */
export async function passOn(forwarding: Forwarding, { copy, say }: ForwardingParts): Promise<void> {
  const { message, chosen, served } = forwarding;
  const word = forwarding.word.trim();
  for (const [conversation, id] of [...chosen]) {
    await copy(message, conversation, id);
    // Asked twice at once, it was served by the other.
    if (!chosen.delete(conversation)) continue;
    served.add(conversation);
    if (word !== '') await say(conversation, word);
  }
}
