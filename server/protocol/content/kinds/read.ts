// Of what the reader of this wrote, the sender has seen all up to one entry.
import { bytesField } from '../../cbor/cbor.ts';
import { MESSAGE_ID_BYTES } from '../../limits.ts';
import type { ContentKind } from '../content-kind.ts';
import { requireId } from '../target.ts';

export interface Read {
  /** Id of the last entry seen, 16 bytes. */
  readonly upto: Uint8Array;
}

export const read: ContentKind<Read> = {
  parse: (map) => ({ upto: bytesField(map, 'upto', MESSAGE_ID_BYTES) }),
  encode: ({ upto }) => ({ upto: requireId(upto) }),
};
