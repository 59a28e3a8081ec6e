// Who is typing: told by contacts, said to tabs, kept nowhere.
import type { ContactId } from '../../contract/ids.ts';
import { parseTyping, RECORD } from '../../protocol/records.ts';
import type { Clock } from '../../timing/clock.ts';
import { TokenBucket } from '../../timing/token-bucket.ts';
import type { Conversations } from '../contacts/conversations.ts';
import type { EventLog } from '../event-log.ts';
import type { Links } from '../links/links.ts';
import type { RecordRouter } from '../links/record-router.ts';

/** Times that a contact may begin to type, a second and at once: beyond that nobody is told. */
const TYPING_PER_SECOND = 4;
const TYPING_BURST = 8;

export interface TypingOptions {
  readonly clock: Clock;
  readonly events: EventLog;
  readonly conversations: Pick<Conversations, 'directWith'>;
  readonly links: Links;
  readonly router: RecordRouter;
}

export class Typing {
  readonly #options: TypingOptions;
  readonly #typing = new Set<ContactId>();
  readonly #begun = new Map<ContactId, TokenBucket>();

  constructor(options: TypingOptions) {
    this.#options = options;
    options.router.on(RECORD.typing, ['active'], {
      handle: ({ contact }, body) => this.#set(contact, parseTyping(body)),
    });
    options.links.dropped.on(({ contact }, { wasActive }) => {
      if (wasActive) this.#set(contact, false);
    });
  }

  #set(contact: ContactId, typing: boolean): void {
    if (this.#typing.has(contact) === typing) return;
    if (typing && !this.#mayBegin(contact)) return;
    if (typing) this.#typing.add(contact);
    else this.#typing.delete(contact);
    const { conversations, events } = this.#options;
    events.emit('typing.changed', { conversation: conversations.directWith(contact), author: contact, typing });
  }

  #mayBegin(contact: ContactId): boolean {
    const now = this.#options.clock.monotonic();
    const bucket = this.#begun.get(contact) ?? new TokenBucket(TYPING_PER_SECOND, TYPING_BURST, now);
    this.#begun.set(contact, bucket);
    return bucket.spend(now);
  }
}
