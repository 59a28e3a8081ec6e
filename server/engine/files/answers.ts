// What is said about a file on the link that messages travel on: it is small, and nothing of the file stands before it there.
import { fromHex } from '../../crypto/bytes.ts';
import { encodeGot, encodeReady, encodeStop, encodeWant, STOP, type Want } from '../../protocol/files/file-records.ts';
import { RECORD } from '../../protocol/records.ts';
import type { Transfer } from '../../storage/tables/transfers.ts';
import type { Links } from '../links/links.ts';

/** Whose file, and which. */
export type Addressed = Pick<Transfer, 'contact' | 'message'>;

/** What waits for another READY or WANT; null: it is over, as after any reason we do not know. */
export function heldBy(reason: number): 'by-them' | 'their-disk-full' | null {
  if (reason === STOP.paused) return 'by-them';
  return reason === STOP.diskFull ? 'their-disk-full' : null;
}

/** What becomes of ours when they stop it so, and it is over. */
export function endBy(reason: number): Pick<Transfer, 'state' | 'reason'> {
  if (reason === STOP.declined) return { state: 'declined', reason: null };
  if (reason === STOP.cannotWrite) return { state: 'failed', reason: 'cannot-write' };
  if (reason === STOP.damaged) return { state: 'failed', reason: 'damaged' };
  return { state: 'cancelled', reason: 'by-them' };
}

/** Ours is over because they said so, and they may say otherwise. */
export function wasLeftByThem({ state, reason }: Transfer): boolean {
  return state === 'declined' || reason === 'by-them' || reason === 'cannot-write' || reason === 'damaged';
}

/** Said to who is there, and to nobody otherwise: both sides ask anew on each link. */
export class Answers {
  readonly #links: Pick<Links, 'activeLinkOf'>;

  constructor(links: Pick<Links, 'activeLinkOf'>) {
    this.#links = links;
  }

  want(file: Addressed, { from, hash }: Pick<Want, 'from' | 'hash'>): void {
    this.#say(file, RECORD.want, encodeWant({ id: idOf(file), from, hash }));
  }

  got(file: Addressed, position: number): void {
    this.#say(file, RECORD.got, encodeGot({ id: idOf(file), position }));
  }

  stop(file: Addressed, reason: number): void {
    this.#say(file, RECORD.stop, encodeStop({ id: idOf(file), reason }));
  }

  ready(file: Addressed): void {
    this.#say(file, RECORD.ready, encodeReady(idOf(file)));
  }

  #say({ contact }: Addressed, type: number, body: Uint8Array): void {
    this.#links.activeLinkOf(contact)?.link.send(type, body);
  }
}

function idOf({ message }: Addressed): Uint8Array {
  return fromHex(message.id);
}
