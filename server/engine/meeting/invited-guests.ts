// What a HELLO that shows an invite of ours leads to (SPEC §3): a contact, made before it is answered, or a refusal.
import { CommandError } from '../../contract/errors.ts';
import type { InviteId } from '../../contract/ids.ts';
import { toHex } from '../../crypto/bytes.ts';
import type { IdentityPublicKey, StaticPublicKey } from '../../crypto/keys.ts';
import type { Hello } from '../../protocol/hello.ts';
import type { Store } from '../../storage/profile-store.ts';
import type { Clock } from '../../timing/clock.ts';
import { runInBackground } from '../background.ts';
import type { ContactMaker } from '../contacts/contact-maker.ts';
import { receivedName } from '../contacts/names.ts';
import type { Roster } from '../contacts/roster.ts';
import { provenKey } from '../contacts/static-key.ts';
import type { Admitted } from '../links/greeter.ts';
import type { Link } from '../links/link.ts';
import { returnAddress } from '../links/return-address.ts';
import type { Invites } from './invites.ts';

export interface InvitedGuestsOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly roster: Roster;
  readonly invites: Invites;
  readonly contactMaker: ContactMaker;
}

export class InvitedGuests {
  readonly #options: InvitedGuestsOptions;

  constructor(options: InvitedGuestsOptions) {
    this.#options = options;
  }

  /** Somebody we do not know shows an invite: they are a contact from here on, or are told why not. */
  async admit(link: Link, theirs: Hello, staticKey: StaticPublicKey): Promise<Admitted> {
    const { clock, roster, invites, contactMaker } = this.#options;
    const record = theirs.invite && invites.find(theirs.invite, link.handshakeHash);
    if (!record) return { contact: null };
    const refused = invites.refusal(record.id);
    if (refused !== undefined) return { contact: null, refused };
    if (roster.byIdentity(theirs.ik)) return { contact: null, refused: this.#useUp(record.id, theirs.ik) };
    const { ik } = theirs;
    const address = returnAddress(link, theirs);
    const at = clock.now();
    const addresses = address === null ? [] : [{ address, source: 'link', at } as const];
    const name = receivedName(theirs.name, toHex(ik));
    const key = provenKey(theirs, staticKey);
    const invited = { ik, ...key, name, addresses, blocked: false, addedBy: 'invite' } as const;
    try {
      const id = await contactMaker.make(invited, () => {
        // Of two who come at once, one is let in.
        if (!invites.spend(record.id, ik)) throw new CommandError('invite-used', 'the invite was used');
      });
      invites.spent(record.id);
      return { contact: roster.find(id) ?? null };
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      return { contact: null, refused: invites.refusal(record.id) };
    }
  }

  /**
   * Somebody blocked shows an invite that is open, and must neither be let in nor learn why: it is used up, and they are
   * answered as who comes after that, whoever shows it next as well.
   */
  #useUp(id: InviteId, ik: IdentityPublicKey): number | undefined {
    const { store, invites } = this.#options;
    const spent = store.journal.write(() => invites.spend(id, ik));
    runInBackground(spent.then(() => invites.spent(id)));
    return invites.refusal(id);
  }
}
