// Messages on their way to our own disk: shown at once, gone as soon as the daemon has stored them.
import type { ErrorCode } from '../../../server/contract/errors.ts';
import type { ContactId, Message, MessageId } from '../../../server/contract/model.ts';

export type LocalState = 'sending' | 'failed';

/** A message as it is shown: the daemon's, or one still on its way there. */
export type Shown = Omit<Message, 'state'> & {
  readonly state: Message['state'] | LocalState;
  /** Why it failed. */
  readonly problem?: ErrorCode | 'disconnected';
};

function sending({ contact, id, body, at }: Pick<Shown, 'contact' | 'id' | 'body' | 'at'>): Shown {
  return {
    id,
    contact,
    direction: 'out',
    kind: 'text',
    body,
    introduced: null,
    at,
    arrivedAt: at,
    state: 'sending',
    order: Infinity,
    missing: 0,
  };
}

export class Outgoing {
  readonly #messages = new Map<MessageId, Shown>();

  add(contact: ContactId, id: MessageId, body: string, at: number): Shown {
    const shown = sending({ contact, id, body, at });
    this.#messages.set(id, shown);
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
    const again = sending(shown);
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

  of(contact: ContactId): readonly Shown[] {
    return [...this.#messages.values()].filter((shown) => shown.contact === contact);
  }

  all(): readonly Shown[] {
    return [...this.#messages.values()];
  }
}
