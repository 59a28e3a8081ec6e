// Our own identity as it stands on the disk: what we call ourselves, and the key by which contacts recognise our adverts.
import { makePresenceKey, type PresenceKey } from '../../crypto/keys.ts';
import type { Store } from '../../storage/profile-store.ts';
import type { IdentityRecord } from '../../storage/tables/identity.ts';

export interface OwnIdentityOptions {
  readonly store: Store;
  readonly random: (length: number) => Uint8Array;
  readonly record: IdentityRecord;
}

export class OwnIdentity {
  readonly #options: OwnIdentityOptions;
  #record: IdentityRecord;

  constructor(options: OwnIdentityOptions) {
    this.#options = options;
    this.#record = options.record;
  }

  get name(): string {
    return this.#record.name;
  }

  get presenceKey(): PresenceKey {
    return this.#record.presenceKey;
  }

  rename(name: string): Promise<void> {
    return this.#save({ ...this.#record, name });
  }

  renewPresenceKey(): Promise<void> {
    return this.#save({ ...this.#record, presenceKey: makePresenceKey(this.#options.random) });
  }

  async #save(record: IdentityRecord): Promise<void> {
    const { store } = this.#options;
    await store.journal.write(() => store.identity.save(record));
    this.#record = record;
  }
}
