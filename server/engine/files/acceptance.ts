// Which offers are accepted without asking, so that pictures simply appear, and nobody's disk is filled by somebody else.
import type { Transfer } from '../../storage/tables/transfers.ts';

const MIB = 1024 * 1024;

/** From somebody whose keys were compared: whatever is sent along in a conversation. */
const VERIFIED_BYTES = 25 * MIB;

/** From other contacts: pictures and voice, which a conversation shows by itself. */
const MEDIA_BYTES = 5 * MIB;
const MEDIA = /^(?:image|audio)\//;

/** Accepted so of one contact within a day, as a multiple of the largest that is. */
const PER_DAY = 4;

/** Offers of one contact that wait to be answered or fetched: more are declined. */
export const OPEN_OFFERS = 100;

/** @param recent bytes that were accepted so of this contact within a day. */
export function isAutoAccepted(
  { size, type }: Pick<Transfer, 'size' | 'type'>,
  verified: boolean,
  recent: number,
): boolean {
  const most = verified ? VERIFIED_BYTES : MEDIA_BYTES;
  if (!verified && !MEDIA.test(type)) return false;
  return size <= most && recent + size <= PER_DAY * most;
}

/** What of a disk stays free whatever is sent. */
const FLOOR_BYTES = 1024 * MIB;
const FLOOR_SHARE = 0.05;

/** All sealed files of a profile together. */
const SEALED_BYTES = 20 * 1024 * MIB;

/** @param needed bytes yet to be written. @param held bytes of sealed files that are here or have their room. */
export function hasRoom(
  space: { readonly free: number; readonly total: number },
  needed: number,
  held: number,
): boolean {
  // On a small disk a gibibyte may be all there is.
  const floor = Math.min(Math.max(FLOOR_BYTES, space.total * FLOOR_SHARE), space.total / 4);
  return space.free - needed >= floor && held <= SEALED_BYTES;
}
