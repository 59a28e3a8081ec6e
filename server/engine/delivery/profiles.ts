// What we say of ourselves (SPEC §6), and to whom it is news.
import type { ContactId, MessageId } from '../../contract/ids.ts';
import { cutName } from '../../contract/words/names.ts';
import { equal } from '../../crypto/bytes.ts';
import { encodeContent, type SaidOf } from '../../protocol/content/content.ts';
import { FEATURE_PROFILES, PROFILE_NAME_BYTES } from '../../protocol/limits.ts';
import type { Store } from '../../storage/profile-store.ts';
import type { OwnIdentity } from '../contacts/own-identity.ts';
import { digestOf } from '../contacts/picture.ts';
import type { Roster } from '../contacts/roster.ts';
import type { Links } from '../links/links.ts';
import { readOurs } from './drain.ts';
import { readContent } from './kinds/kinds.ts';

export interface ProfilesOptions {
  readonly store: Store;
  readonly links: Links;
  readonly roster: Roster;
  readonly own: Pick<OwnIdentity, 'name' | 'about' | 'picture'>;
}

export class Profiles {
  readonly #options: ProfilesOptions;

  constructor(options: ProfilesOptions) {
    this.#options = options;
  }

  /** Those who may have to be told when it changes. */
  audience(): readonly ContactId[] {
    const { store, roster, links } = this.#options;
    const ids = roster.list().map(({ id }) => id);
    return ids.filter((id) => links.activeLinksOf(id).length > 0 || store.outbox.profile(id) !== null);
  }

  /**
   * What a contact who is linked is to be told; from then on, until `delivered`, nobody knows what they have. One waits at
   * most: a newer one takes its place, unless it is on its way, when its acknowledgement brings the newer one along.
   * Inside a `journal.write`.
   * @param again whatever they had. @param withdraw takes back one that waits.
   * @returns null: it is on their disk, waits, or they are not to be told.
   */
  due(id: ContactId, again: boolean, withdraw: (waiting: MessageId) => void): SaidOf<'profile'> | null {
    const { store, roster, links } = this.#options;
    const waiting = store.outbox.profile(id);
    if (waiting) {
      const content = readOurs(store, waiting)?.content;
      if ((content && this.#isCurrent(content)) || links.activeLinkTo(waiting)?.inFlight.has(waiting.id)) return null;
      withdraw(waiting.id);
    }
    const contact = roster.find(id);
    const takesIt = links.activeLinksOf(id).some(({ features }) => (features & FEATURE_PROFILES) !== 0);
    if (!contact || contact.blocked || !takesIt) return null;
    const said = this.#said();
    if (!again && contact.told && equal(contact.told, digest(said))) return null;
    if (contact.told) roster.put({ ...contact, told: undefined });
    return said;
  }

  /** It is on their disk; inside a `journal.write`. */
  delivered(id: ContactId, content: Uint8Array): void {
    const { roster } = this.#options;
    const contact = roster.find(id);
    const said = readContent(content);
    if (contact && said?.t === 'profile') roster.put({ ...contact, told: digest(said) });
  }

  #isCurrent(content: Uint8Array): boolean {
    const said = readContent(content);
    return said?.t === 'profile' && equal(digest(said), digest(this.#said()));
  }

  #said(): SaidOf<'profile'> {
    const { name, about, picture } = this.#options.own;
    return {
      t: 'profile',
      name: cutName(name, PROFILE_NAME_BYTES),
      ...(about !== '' && { about }),
      ...(picture && { picture }),
    };
  }
}

/** Without when, and under which number, it is said. */
function digest(said: SaidOf<'profile'>): Uint8Array {
  return digestOf(encodeContent({ ...said, at: 0, seq: 1 }));
}
