// Our own identity as it stands on the disk: what we call ourselves and say of us, and the key by which contacts recognise our adverts.
import { makePresenceKey, type PresenceKey } from '../../crypto/keys.ts';
import type { Store } from '../../storage/profile-store.ts';
import type { IdentityRecord } from '../../storage/tables/identity.ts';

export interface OwnIdentityOptions {
  readonly store: Store;
  readonly random: (length: number) => Uint8Array;
  readonly record: IdentityRecord;
}

export interface Described {
  readonly name?: string | undefined;
  readonly about?: string | undefined;
  readonly picture?: Uint8Array | null | undefined;
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

  /** A line about us; empty: none. */
  get about(): string {
    return this.#record.about ?? '';
  }

  /** Null: none. */
  get picture(): Uint8Array | null {
    return this.#record.picture ?? null;
  }

  get presenceKey(): PresenceKey {
    return this.#record.presenceKey;
  }

  /** @param about empty: none. @param picture null: none. What is left out stays. */
  describe({ name = this.name, about = this.about, picture = this.picture }: Described): Promise<void> {
    return this.#save({ ...this.#record, name, about: about || undefined, picture: picture ?? undefined });
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
