// Room on the disk for all files that are being written, together: each alone might fit where all do not.
import type { Store } from '../../storage/profile-store.ts';
import { hasRoom } from './acceptance.ts';

/** Of a file that is being written, bytes. */
export interface Claim {
  /** Yet to be written. */
  readonly missing: () => number;
  /** Of its sealed file, what the table of transfers does not count yet. */
  readonly uncounted: () => number;
  /** The folder that it is written to; left out: Loom's own. */
  readonly folder?: string;
}

export class Room {
  readonly #store: Pick<Store, 'files' | 'transfers'>;
  /** And the disk each is on; null: not known yet. */
  readonly #claims = new Map<Claim, number | null>();

  constructor(store: Pick<Store, 'files' | 'transfers'>) {
    this.#store = store;
  }

  /** @returns gives it back, once the file is closed; null: there is no room beside the others. @throws Error of the file system. */
  async claim(claim: Claim): Promise<(() => void) | null> {
    const giveBack = (): void => {
      this.#claims.delete(claim);
    };
    // Before anything is waited for: others look at the same time.
    this.#claims.set(claim, null);
    try {
      const space = await this.#store.files.space(claim.folder);
      this.#claims.set(claim, space.disk);
      const claims = [...this.#claims].flatMap(([each, disk]) => (disk === null || disk === space.disk ? [each] : []));
      const missing = claims.reduce((sum, each) => sum + each.missing(), 0);
      const sealed = claims.reduce((sum, each) => sum + each.uncounted(), this.#store.transfers.heldBytes());
      const held = claim.folder === undefined ? sealed : 0;
      if (hasRoom(space, missing, held)) return giveBack;
    } catch (error) {
      giveBack();
      throw error;
    }
    giveBack();
    return null;
  }
}
