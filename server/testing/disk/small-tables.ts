// A row or two in each of the small tables, those that a row set covers, in two versions.
import type { Store } from '../../storage/profile-store.ts';
import { asIdentityKey, asPresenceKey, asStaticKey } from '../keys.ts';
import { contactRecord, idOf } from './temp-store.ts';

/** Everything as it was first (version 1), or as it is after changes (2). Inside a `journal.write`. */
export function putSmallTables(store: Store, version: 1 | 2): void {
  const seeds = {
    masterSeed: new Uint8Array(32).fill(1),
    presenceKey: asPresenceKey(new Uint8Array(32).fill(version)),
  };
  store.identity.save({ ...seeds, name: `Ada ${version}`, device: 0, generation: 0, createdAt: 1 });
  const isNew = version === 1;
  for (const number of [1, 2]) store.contacts.put(contactRecord(number, { blocked: !isNew, verified: isNew }));
  for (const number of [1, 2]) {
    const secret = new Uint8Array(32).fill(90 + number);
    const ik = asIdentityKey(secret);
    const asked = {
      ik,
      staticKey: asStaticKey(secret),
      device: 0,
      generation: 0,
      name: `Stranger ${version}`,
      address: null,
      at: 5,
    };
    store.requests.put({ id: idOf(80 + number), ...asked });
    const used = isNew ? null : { at: 7, ik };
    const invite = { secret, token: `LOOM-${number}`, createdAt: 6, expiresAt: null, revokedAt: null, used };
    store.invites.put({ id: idOf(70 + number), ...invite });
    store.settings.put(`setting ${number}`, version);
  }
}
