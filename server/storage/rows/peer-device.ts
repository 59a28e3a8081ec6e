import type { ContactId } from '../../contract/ids.ts';

/** One device of a contact, SPEC §1: what a static key, links, a session and what waits to be sent belong to. */
export interface PeerDevice {
  readonly contact: ContactId;
  /** Its number, u32. */
  readonly device: number;
}
