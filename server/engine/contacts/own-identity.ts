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
  describe({ name, about, picture }: Described): Promise<void> {
    return this.#change((record) => ({
      ...{ ...record, name: name ?? record.name },
      about: about === undefined ? record.about : about || undefined,
      picture: picture === undefined ? record.picture : (picture ?? undefined),
    }));
  }

  renewPresenceKey(): Promise<void> {
    return this.#change((record) => ({ ...record, presenceKey: makePresenceKey(this.#options.random) }));
  }

  /** Of two at once neither undoes the other. */
  async #change(change: (record: IdentityRecord) => IdentityRecord): Promise<void> {
    const { store } = this.#options;
    this.#record = await store.journal.write(() => {
      const changed = change(store.identity.load() ?? this.#record);
      store.identity.save(changed);
      return changed;
    });
  }
}
