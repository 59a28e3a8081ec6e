// What one contact may fill (protocol §5): unread texts, messages a day, our disk. Over it their messages are not lost but
// wait at their Loom, which tries again; what a person reads or deletes makes room at once. And how often they may say
// something new of themselves.
import type { Full } from '../../contract/model.ts';
import type { ContactId } from '../../contract/ids.ts';
import { KEPT_BYTES, MESSAGES_PER_DAY, PROFILES_PER_DAY, UNREAD_BYTES } from '../../protocol/limits.ts';
import type { Store } from '../../storage/profile-store.ts';
import { TokenBucket } from '../../timing/token-bucket.ts';
import type { Conversations } from '../contacts/conversations.ts';
import type { Clock } from '../../timing/clock.ts';

const DAY_S = 24 * 60 * 60;

export interface BudgetsOptions {
  readonly store: Pick<Store, 'messages'>;
  readonly conversations: Pick<Conversations, 'directWith'>;
  readonly clock: Pick<Clock, 'monotonic'>;
}

export class Budgets {
  readonly #options: BudgetsOptions;
  readonly #days = new Map<ContactId, TokenBucket>();
  readonly #profiles = new Map<ContactId, TokenBucket>();

  constructor(options: BudgetsOptions) {
    this.#options = options;
  }

  /** Which of the bounds keeps us from taking another message of this contact's now; null: none. */
  full(contact: ContactId): Full | null {
    const { conversations, store } = this.#options;
    const { messages } = store;
    if (messages.unreadBytes(conversations.directWith(contact)) >= UNREAD_BYTES) return 'unread';
    if (messages.heldBytes(contact) >= KEPT_BYTES) return 'disk';
    const day = this.#days.get(contact);
    return day && !day.has(this.#options.clock.monotonic()) ? 'day' : null;
  }

  /** One more message of theirs. @returns whether there is room for it; then it counts. */
  take(contact: ContactId): boolean {
    if (this.full(contact)) return false;
    return this.#spend(this.#days, contact, MESSAGES_PER_DAY);
  }

  /** One more profile of theirs that says something new. @returns whether it is to be taken; then it counts. */
  takeProfile(contact: ContactId): boolean {
    return this.#spend(this.#profiles, contact, PROFILES_PER_DAY);
  }

  /** The contact was removed. */
  forget(contact: ContactId): void {
    this.#days.delete(contact);
    this.#profiles.delete(contact);
  }

  #spend(buckets: Map<ContactId, TokenBucket>, contact: ContactId, perDay: number): boolean {
    const now = this.#options.clock.monotonic();
    const bucket = buckets.get(contact) ?? new TokenBucket(perDay / DAY_S, perDay, now);
    buckets.set(contact, bucket);
    return bucket.spend(now);
  }
}
