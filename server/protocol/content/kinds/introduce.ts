// Another contact of the sender's, who vouches that the identity is theirs.
import { bytesField, textField, uintField } from '../../cbor/cbor.ts';
import { utf8 } from '../../../crypto/bytes.ts';
import { ProtocolError } from '../../errors.ts';
import { KEY_BYTES, NAME_BYTES, SIGNATURE_BYTES } from '../../limits.ts';
import type { ContentKind } from '../content-kind.ts';

const U32_MAX = 0xffffffff;

/** What an introduction says of somebody. */
export interface IntroducedCard {
  /** Their Ed25519 identity key and X25519 static key, 32 bytes each. */
  readonly ik: Uint8Array;
  readonly sk: Uint8Array;
  readonly device: number;
  readonly gen: number;
  /** Of `sk`, `device` and `gen`, by `ik`; 64 bytes. Whether it holds is the reader's to check. */
  readonly cert: Uint8Array;
  /** What the sender calls them: 1 to NAME_BYTES as UTF-8. */
  readonly name: string;
}

export const introduce: ContentKind<IntroducedCard> = {
  parse: (map) => ({
    ik: bytesField(map, 'ik', KEY_BYTES),
    sk: bytesField(map, 'sk', KEY_BYTES),
    device: uintField(map, 'device', U32_MAX),
    gen: uintField(map, 'gen', U32_MAX),
    cert: bytesField(map, 'cert', SIGNATURE_BYTES),
    name: requireNameBounds(textField(map, 'name')),
  }),
  encode({ ik, sk, device, gen, cert, name }) {
    if (ik.length !== KEY_BYTES || sk.length !== KEY_BYTES) throw new Error('keys have 32 bytes');
    if (cert.length !== SIGNATURE_BYTES) throw new Error('a certificate has 64 bytes');
    requireNameBounds(name);
    return { ik, sk, device, gen, cert, name };
  },
};

function requireNameBounds(name: string): string {
  const { length } = utf8(name);
  if (length === 0 || length > NAME_BYTES) throw new ProtocolError('introduce-name');
  return name;
}
