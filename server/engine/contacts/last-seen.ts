// When a contact was linked last, and where it can be dialled again.
import type { ContactId } from '../../contract/ids.ts';
import type { Store } from '../../storage/profile-store.ts';
import type { Clock } from '../../timing/clock.ts';
import { runInBackground } from '../background.ts';
import type { Roster } from './roster.ts';

export interface LastSeenOptions {
  readonly store: Store;
  readonly roster: Roster;
  readonly clock: Clock;
}

export class LastSeen {
  readonly #options: LastSeenOptions;

  constructor(options: LastSeenOptions) {
    this.#options = options;
  }

  /** A link to them came up, or went. @param address where they can be dialled; null: nothing new is known of that. */
  note(contactId: ContactId, address: string | null): void {
    runInBackground(this.#options.store.journal.write(() => this.#write(contactId, address)));
  }

  #write(contactId: ContactId, address: string | null): void {
    const { roster, clock } = this.#options;
    const contact = roster.find(contactId);
    if (!contact) return;
    const now = clock.now();
    roster.put({ ...contact, lastSeen: now });
    if (address !== null && contact.addresses[0]?.address !== address)
      roster.addAddress(contactId, address, 'link', now);
  }
}
