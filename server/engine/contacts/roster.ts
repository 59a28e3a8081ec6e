// Our contacts, in memory and on disk. Every change is written first; `reload` takes the disk's word after a failed write.
import type { ContactId, PersonId } from '../../contract/ids.ts';
import { fromHex, toHex } from '../../crypto/bytes.ts';
import type { IdentityPublicKey } from '../../crypto/keys.ts';
import { CommandError } from '../../contract/errors.ts';
import type { Store } from '../../storage/profile-store.ts';
import type { ContactRecord } from '../../storage/tables/contacts.ts';
import type { ProvenKey } from './static-key.ts';

/** Remembered addresses of one contact; typed ones are never pushed out by remembered ones. */
const ADDRESSES_KEPT = 8;

export type AddressSource = ContactRecord['addresses'][number]['source'];

export class Roster {
  readonly #store: Store;
  readonly #contacts = new Map<PersonId, ContactRecord>();
  readonly #byIdentity = new Map<string, ContactId>();

  constructor(store: Store) {
    this.#store = store;
    this.reload();
  }

  reload(): void {
    this.#contacts.clear();
    this.#byIdentity.clear();
    for (const contact of this.#store.contacts.list()) this.#remember(contact);
  }

  list(): readonly ContactRecord[] {
    return [...this.#contacts.values()];
  }

  /** Undefined when this person is no contact. */
  find(id: PersonId): ContactRecord | undefined {
    return this.#contacts.get(id);
  }

  /** @throws CommandError contact-unknown. */
  get(id: PersonId): ContactRecord {
    const contact = this.#contacts.get(id);
    if (!contact) throw new CommandError('contact-unknown', 'no such contact');
    return contact;
  }

  byIdentity(ik: IdentityPublicKey): ContactRecord | undefined {
    const id = this.#byIdentity.get(toHex(ik));
    return id === undefined ? undefined : this.#contacts.get(id);
  }

  /** Adds or replaces; inside a `journal.write`. */
  put(contact: ContactRecord): ContactRecord {
    this.#store.contacts.put(contact);
    this.#remember(contact);
    return contact;
  }

  /** Inside a `journal.write`. Sessions go with the contact; messages and outbox are for `contacts.clear`. */
  remove(id: ContactId): void {
    const contact = this.get(id);
    this.#store.contacts.remove(id);
    this.#contacts.delete(id);
    this.#byIdentity.delete(toHex(contact.ik));
  }

  /** The next number of our direction, protocol §6; inside a `journal.write`. */
  nextOutSeq(id: ContactId): number {
    const contact = this.get(id);
    const outSeq = contact.outSeq + 1;
    this.#store.contacts.setOutSeq(id, outSeq);
    this.#remember({ ...contact, outSeq });
    return outSeq;
  }

  /** Inside a `journal.write`. */
  setInSeq(id: ContactId, inSeq: number): void {
    this.#store.contacts.setInSeq(id, inSeq);
    this.#remember({ ...this.get(id), inSeq });
  }

  /** A static key whose certificate holds; inside a `journal.write`. */
  setKey(id: ContactId, { staticKey, device, generation, certificate }: ProvenKey): ContactRecord {
    return this.put({ ...this.get(id), staticKey, device, generation, certificate });
  }

  /** Puts an address in front; inside a `journal.write`. */
  addAddress(id: ContactId, address: string, source: AddressSource, at: number): ContactRecord {
    const contact = this.get(id);
    const known = contact.addresses.find((entry) => entry.address === address);
    const kept = known?.source === 'typed' ? 'typed' : source;
    const others = contact.addresses.filter((entry) => entry.address !== address);
    const addresses = trimAddresses([{ address, source: kept, at }, ...others]);
    return this.put({ ...contact, addresses });
  }

  #remember(contact: ContactRecord): void {
    this.#contacts.set(contact.id, contact);
    this.#byIdentity.set(toHex(contact.ik), contact.id);
  }
}

/** As many as are kept of a contact: typed ones before those that links left, each the newest first. */
export function trimAddresses(addresses: ContactRecord['addresses']): ContactRecord['addresses'] {
  if (addresses.length <= ADDRESSES_KEPT) return addresses;
  const typed = addresses.filter((entry) => entry.source === 'typed').slice(0, ADDRESSES_KEPT);
  const room = ADDRESSES_KEPT - typed.length;
  const remembered = new Set(addresses.filter((entry) => entry.source !== 'typed').slice(0, room));
  return addresses.filter((entry) => typed.includes(entry) || remembered.has(entry));
}

/** A fresh opaque id for a contact or a request. */
export function randomId(random: (length: number) => Uint8Array): string {
  return toHex(random(16));
}

export function idBytes(id: string): Uint8Array {
  return fromHex(id);
}
