// Something for each device of each contact, found by the device or by whose it is. The only place that makes a key of one.
import type { ContactId } from '../../contract/ids.ts';
import type { PeerDevice } from '../../storage/rows/peer-device.ts';

export class PeerMap<T> {
  readonly #contacts = new Map<ContactId, Map<number, T>>();

  get({ contact, device }: PeerDevice): T | undefined {
    return this.#contacts.get(contact)?.get(device);
  }

  has({ contact, device }: PeerDevice): boolean {
    return this.#contacts.get(contact)?.has(device) ?? false;
  }

  /** Keeps the numbers of `peer`, not the object: it may be a link or a row. */
  set({ contact, device }: PeerDevice, value: T): void {
    const devices = this.#contacts.get(contact);
    if (devices) devices.set(device, value);
    else this.#contacts.set(contact, new Map([[device, value]]));
  }

  delete({ contact, device }: PeerDevice): void {
    const devices = this.#contacts.get(contact);
    devices?.delete(device);
    if (devices?.size === 0) this.#contacts.delete(contact);
  }

  /** Those of one contact, in the order they came. */
  of(contact: ContactId): readonly T[] {
    return [...(this.#contacts.get(contact)?.values() ?? [])];
  }

  devicesOf(contact: ContactId): readonly PeerDevice[] {
    return [...(this.#contacts.get(contact)?.keys() ?? [])].map((device) => ({ contact, device }));
  }

  entries(): readonly (readonly [peer: PeerDevice, value: T])[] {
    return [...this.#contacts].flatMap(([contact, devices]) =>
      [...devices].map(([device, value]) => [{ contact, device }, value] as const),
    );
  }

  forget(contact: ContactId): void {
    this.#contacts.delete(contact);
  }

  clear(): void {
    this.#contacts.clear();
  }
}
