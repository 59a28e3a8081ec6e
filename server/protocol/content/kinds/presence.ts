// The sender's presence key, under which its adverts on the network can be recognised (SPEC §9).
import { bytesField } from '../../cbor/cbor.ts';
import { KEY_BYTES } from '../../limits.ts';
import type { ContentKind } from '../content-kind.ts';

export interface Presence {
  /** 32 bytes. */
  readonly key: Uint8Array;
}

export const presence: ContentKind<Presence> = {
  parse: (map) => ({ key: bytesField(map, 'key', KEY_BYTES) }),
  encode({ key }) {
    if (key.length !== KEY_BYTES) throw new Error('a presence key has 32 bytes');
    return { key };
  },
};
