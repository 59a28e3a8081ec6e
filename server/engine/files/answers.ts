// What is said about a file on the link that messages travel on: it is small, and nothing of the file stands before it there.
import { fromHex } from '../../crypto/bytes.ts';
import { encodeGot, encodeReady, encodeStop, encodeWant, type Want } from '../../protocol/files/file-records.ts';
import { RECORD } from '../../protocol/records.ts';
import type { Transfer } from '../../storage/tables/transfers.ts';
import type { Links } from '../links/links.ts';

/** Whose file, and which. */
export type Addressed = Pick<Transfer, 'contact' | 'message'>;

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
