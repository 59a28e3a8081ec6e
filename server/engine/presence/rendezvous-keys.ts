// The keys by which two people who have each other's token, and of whom one at least lacks the other's presence key,
// recognise each other's adverts (protocol §9): they never met, or one has come back from a backup.
import { concat, utf8, wipe } from '../../crypto/bytes.ts';
import type { Primitives } from '../../crypto/primitives.ts';
import type { RendezvousKeys } from '../../discovery/discovery.ts';
import type { ContactRecord } from '../../storage/tables/contacts.ts';
import type { OurIdentity } from '../contacts/identity.ts';
import type { Roster } from '../contacts/roster.ts';

/** Contacts looked for in this way at once: each costs three hashes an advert. */
const LOOKED_FOR = 64;

const LABEL = utf8('loom/2 meeting key');
const NO_SALT = new Uint8Array(0);
const KEY_BYTES = 32;

/** Contacts whose presence key we do not have, newest first. */
export function contactsWithoutPresenceKey(primitives: Primitives, us: OurIdentity, roster: Roster): RendezvousKeys[] {
  const unmet = roster.list().filter(({ presenceKey, blocked }) => presenceKey === null && !blocked);
  const newest = unmet.toSorted((a, b) => b.addedAt - a.addedAt).slice(0, LOOKED_FOR);
  return newest.flatMap((contact) => meetingKeys(primitives, us, contact) ?? []);
}

/** Contacts whose presence key we have, those seen last first, as many as the unmet ones leave room for. */
export function contactsWithPresenceKey(primitives: Primitives, us: OurIdentity, roster: Roster): RendezvousKeys[] {
  const rest = roster.list().filter(({ blocked }) => !blocked);
  const met = rest.filter(({ presenceKey }) => presenceKey !== null);
  const room = Math.max(0, LOOKED_FOR - (rest.length - met.length));
  const latest = met.toSorted((a, b) => (b.lastSeen ?? 0) - (a.lastSeen ?? 0)).slice(0, room);
  return latest.flatMap((contact) => meetingKeys(primitives, us, contact) ?? []);
}

/** HKDF(X25519(our static, their static), "loom/2 meeting key" ‖ the speaker's static): one key for each direction. */
function meetingKeys(primitives: Primitives, us: OurIdentity, { id, staticKey }: ContactRecord): RendezvousKeys | null {
  const { publicKey, privateKey } = us.keys.staticKey;
  const shared = primitives.x25519(privateKey, staticKey);
  if (!shared) return null;
  const keyOf = (speaker: Uint8Array): Uint8Array =>
    primitives.hkdfSha256(NO_SALT, shared, concat(LABEL, speaker), KEY_BYTES);
  const keys = { contact: id, ours: keyOf(publicKey), theirs: keyOf(staticKey) };
  wipe(shared);
  return keys;
}
