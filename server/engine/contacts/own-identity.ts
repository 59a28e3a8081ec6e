// Our own identity as it stands on the disk: what we call ourselves, and the key by which contacts recognise our adverts.
import type { Store } from '../../storage/profile-store.ts';
import type { IdentityRecord } from '../../storage/tables/identity.ts';

const PRESENCE_KEY_BYTES = 32;

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

  /** 32 bytes. */
  get presenceKey(): Uint8Array {
    return this.#record.presenceKey;
  }

  rename(name: string): Promise<void> {
    return this.#save({ ...this.#record, name });
  }

  renewPresenceKey(): Promise<void> {
    return this.#save({ ...this.#record, presenceKey: this.#options.random(PRESENCE_KEY_BYTES) });
  }

  async #save(record: IdentityRecord): Promise<void> {
    const { store } = this.#options;
    await store.journal.write(() => store.identity.save(record));
    this.#record = record;
  }
}
