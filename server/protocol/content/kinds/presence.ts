// The sender's presence key, under which its adverts on the network can be recognised (SPEC §9).
import { parsePresenceKey, type PresenceKey } from '../../../crypto/keys.ts';
import { bytesField } from '../../cbor/cbor.ts';
import { ProtocolError } from '../../errors.ts';
import { KEY_BYTES } from '../../limits.ts';
import type { ContentKind } from '../content-kind.ts';

export interface Presence {
  readonly key: PresenceKey;
}

export const presence: ContentKind<Presence> = {
  parse(map) {
    const key = parsePresenceKey(bytesField(map, 'key', KEY_BYTES));
    if (!key) throw new ProtocolError('field-type');
    return { key };
  },
  encode({ key }) {
    if (key.length !== KEY_BYTES) throw new Error('a presence key has 32 bytes');
    return { key };
  },
};
