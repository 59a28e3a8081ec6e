// What becomes of the invite that we came by to a contact: it is shown at each dial until it has let us in, or never will.
import type { InviteState } from '../../contract/model.ts';
import type { ContactId } from '../../contract/ids.ts';
import { REFUSED } from '../../protocol/invite.ts';
import type { Store } from '../../storage/profile-store.ts';
import type { ContactRecord } from '../../storage/tables/contacts.ts';
import { runInBackground } from '../background.ts';
import { nameOnMeeting } from './names.ts';
import type { Roster } from './roster.ts';

const refusals = new Map<number, InviteState>([
  [REFUSED.used, 'used'],
  [REFUSED.expired, 'expired'],
  [REFUSED.revoked, 'revoked'],
]);

export interface InviteOutcomeOptions {
  readonly store: Store;
  readonly roster: Roster;
  /** It is on the disk. */
  readonly onSettled: (contact: ContactId) => void;
}

export class InviteOutcome {
  readonly #options: InviteOutcomeOptions;

  constructor(options: InviteOutcomeOptions) {
    this.#options = options;
  }

  /** @param name what they call themselves. */
  letIn({ id }: ContactRecord, name: string | undefined): void {
    this.#settle(id, undefined, name);
  }

  /** @param reason one of REFUSED, or one of a later version. */
  refused({ id, inviteSecret }: ContactRecord, reason: number): void {
    const state = refusals.get(reason);
    if (inviteSecret && state) this.#settle(id, state);
  }

  #settle(contactId: ContactId, invite: InviteState | undefined, theirName?: string): void {
    const { store, roster, onSettled } = this.#options;
    const settled = store.journal.write(() => {
      const contact = roster.find(contactId);
      if (!contact) return;
      const name = nameOnMeeting(contact, theirName);
      roster.put({ ...contact, name, invite, inviteSecret: undefined });
    });
    runInBackground(settled.then(() => onSettled(contactId)));
  }
}
