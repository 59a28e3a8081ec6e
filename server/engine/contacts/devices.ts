// The devices of a contact. Our records hold one, with one static key: here alone that is known.
import type { IdentityPublicKey, StaticPublicKey } from '../../crypto/keys.ts';
import type { PeerDevice } from '../../storage/rows/peer-device.ts';
import type { ContactRecord } from '../../storage/tables/contacts.ts';

/** The other end of a session: a device, and the identity that the session is bound to. */
export interface SessionPeer extends PeerDevice {
  readonly ik: IdentityPublicKey;
}

/** A device that we may dial. */
export interface ContactDevice extends SessionPeer {
  readonly staticKey: StaticPublicKey;
}

/** At least one. */
export function devicesOf({ id, device, ik, staticKey }: ContactRecord): readonly [ContactDevice, ...ContactDevice[]] {
  return [{ contact: id, device, ik, staticKey }];
}

/** Undefined: it is none of theirs, or no longer. */
export function findDevice(contact: ContactRecord, device: number): ContactDevice | undefined {
  return devicesOf(contact).find((known) => known.device === device);
}

/** A device that a greeting, a link or a row names. */
export function peerOf({ id, ik }: ContactRecord, device: number): SessionPeer {
  return { contact: id, device, ik };
}
