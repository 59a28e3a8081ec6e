// How somebody comes to be in the roster, whatever the way: a token pasted, a request accepted, an invite, a code, an
// introduction. One transaction each; what follows from it (dialling, adverts, events) is for those who listen.
import type { AddedBy } from '../../contract/model.ts';
import type { ContactId } from '../../contract/ids.ts';
import type { IdentityPublicKey, StaticPublicKey } from '../../crypto/keys.ts';
import type { Store } from '../../storage/profile-store.ts';
import type { ContactRecord } from '../../storage/tables/contacts.ts';
import type { Clock } from '../../timing/clock.ts';
import { Signal } from '../../timing/signal.ts';
import type { Requests } from './requests.ts';
import { randomId, trimAddresses, type Roster } from './roster.ts';
import { judgeKey, type ProvenKey } from './static-key.ts';

/** What a new contact is made from. */
export interface NewContact {
  readonly ik: IdentityPublicKey;
  readonly staticKey: StaticPublicKey;
  readonly device: number;
  readonly generation: number;
  /** Of the static key; left out: it is what a card says. */
  readonly certificate?: Uint8Array | undefined;
  readonly name: string;
  readonly addresses: ContactRecord['addresses'];
  readonly blocked: boolean;
  /** Of a request that is blocked. */
  readonly asked?: ContactRecord['asked'];
  readonly verified?: boolean;
  readonly addedBy: AddedBy;
  /** Of a token that is an invite. */
  readonly inviteSecret?: Uint8Array | undefined;
  /** Of an introduction. */
  readonly introducedBy?: IdentityPublicKey | undefined;
}

/** Who typed the code we showed, or showed the one we typed. */
export interface Paired extends Pick<NewContact, 'ik' | 'name'> {
  readonly key: ProvenKey;
  readonly address: string | null;
}

export interface ContactMakerOptions {
  readonly store: Store;
  readonly roster: Roster;
  readonly requests: Requests;
  readonly clock: Clock;
  readonly random: (length: number) => Uint8Array;
}

export class ContactMaker {
  /** A new contact is on the disk. */
  readonly made = new Signal<[id: ContactId, contact: NewContact]>();
  /** A contact that was there is verified now. */
  readonly verified = new Signal<[id: ContactId]>();
  readonly #options: ContactMakerOptions;

  constructor(options: ContactMakerOptions) {
    this.#options = options;
  }

  /**
   * Stores a contact and drops a request of the same identity.
   * @param also done in the same transaction, before; what it throws undoes it.
   * @returns its id.
   */
  async make(contact: NewContact, also: () => void = () => undefined): Promise<ContactId> {
    const { store, roster, requests, clock, random } = this.#options;
    const id = randomId(random) as ContactId;
    const answered = await store.journal.write(() => {
      also();
      const { ik, staticKey, device, generation, certificate, name, addresses } = contact;
      const { blocked, asked, addedBy, inviteSecret, introducedBy } = contact;
      roster.put({
        ...{ id, ik, staticKey, device, generation, certificate, name, addresses: trimAddresses(addresses) },
        ...{ blocked, asked, addedBy, inviteSecret, introducedBy },
        verified: contact.verified ?? false,
        invite: inviteSecret && 'open',
        addedAt: clock.now(),
        lastSeen: null,
        presenceKey: null,
        outSeq: 0,
        inSeq: 0,
      });
      return requests.removeIdentity(contact.ik);
    });
    if (answered !== null) requests.gone(answered);
    this.made.emit(id, contact);
    return id;
  }

  /** A verified contact, under the name it has if it is one already. @returns its id. */
  async adoptPaired({ address, key, ...paired }: Paired): Promise<ContactId> {
    const { store, roster, clock } = this.#options;
    const at = clock.now();
    const known = roster.byIdentity(paired.ik);
    if (!known) {
      const addresses: ContactRecord['addresses'] = address === null ? [] : [{ address, source: 'link', at }];
      return this.make({ ...paired, ...key, addresses, blocked: false, verified: true, addedBy: 'code' });
    }
    await store.journal.write(() => {
      if (judgeKey(roster.get(known.id), key) === 'taken') roster.setKey(known.id, key);
      const { id } = roster.put({ ...roster.get(known.id), verified: true });
      if (address !== null) roster.addAddress(id, address, 'link', at);
    });
    this.verified.emit(known.id);
    return known.id;
  }
}
