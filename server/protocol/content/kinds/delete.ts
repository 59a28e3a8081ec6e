// An entry of the sender's is taken back: nothing of it is kept on either side.
import { bytesField } from '../../cbor/cbor.ts';
import { MESSAGE_ID_BYTES } from '../../limits.ts';
import type { ContentKind } from '../content-kind.ts';
import { requireId } from '../target.ts';

export interface Deletion {
  /** Id of the entry, 16 bytes. */
  readonly of: Uint8Array;
}

export const deletion: ContentKind<Deletion> = {
  parse: (map) => ({ of: bytesField(map, 'of', MESSAGE_ID_BYTES) }),
  encode: ({ of }) => ({ of: requireId(of) }),
};
