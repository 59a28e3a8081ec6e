// Messages on their way to our own disk: shown at once, gone as soon as the daemon has stored them.
import type { ErrorCode } from '../../../../server/contract/errors.ts';
import type {
  ConversationId,
  MessageContent,
  MessageFacts,
  MessageId,
  Reply,
} from '../../../../server/contract/model.ts';

export type LocalState = 'sending' | 'failed';

/** A message as it is shown: the daemon's, or one still on its way there. */
export type Shown = Omit<MessageFacts, 'state'> &
  MessageContent & {
    readonly state: MessageFacts['state'] | LocalState;
    /** Why it failed. */
    readonly problem?: ErrorCode | 'disconnected';
  };

type Written = Pick<Shown, 'conversation' | 'id' | 'body' | 'at'> & { readonly reply?: Reply };

function sending({ conversation, id, body, at, reply }: Written): Shown {
  return {
    id,
    conversation,
    author: 'me',
    direction: 'out',
    kind: 'text',
    body,
    ...(reply && { reply }),
    at,
    arrivedAt: at,
    state: 'sending',
    position: Infinity,
    missing: 0,
  };
}

export class Outgoing {
  readonly #messages = new Map<MessageId, Shown>();

  add(written: Written): Shown {
    const shown = sending(written);
    this.#messages.set(written.id, shown);
    return shown;
  }

  fail(id: MessageId, problem: ErrorCode | 'disconnected'): void {
    const shown = this.#messages.get(id);
    if (shown !== undefined) this.#messages.set(id, { ...shown, state: 'failed', problem });
  }

  /** Back on its way; returns it, or undefined when it is not here. */
  retry(id: MessageId): Shown | undefined {
    const shown = this.#messages.get(id);
    if (shown === undefined) return undefined;
    const again = sending({ ...shown, ...(shown.kind === 'text' && shown.reply && { reply: shown.reply }) });
    this.#messages.set(id, again);
    return again;
  }

  get(id: MessageId): Shown | undefined {
    return this.#messages.get(id);
  }

  /** Stored, or given up. Returns whether it was here. */
  settle(id: MessageId): boolean {
    return this.#messages.delete(id);
  }

  of(conversation: ConversationId): readonly Shown[] {
    return [...this.#messages.values()].filter((shown) => shown.conversation === conversation);
  }

  all(): readonly Shown[] {
    return [...this.#messages.values()];
  }
}
