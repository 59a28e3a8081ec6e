// The bodies of PAIR records (SPEC §8): which steps there are and what each carries. Which one may come when is known to
// `guest.ts` and `host.ts`.
import { bytesField, encodeCbor, parseCborMap, uintField } from '../cbor/cbor.ts';
import { ProtocolError } from '../errors.ts';
import { KEY_BYTES, PAIR_BYTES, PAIR_TAG_BYTES, PAIR_TRIES } from '../limits.ts';

export type PairMessage =
  /** Guest: may I? */
  | { readonly step: 0 }
  /** Host: the code is on my screen. */
  | { readonly step: 1 }
  /** Guest: Ya. */
  | { readonly step: 2; readonly y: Uint8Array }
  /** Host: Yb. */
  | { readonly step: 3; readonly y: Uint8Array }
  /** Guest: this I can only know with the code. */
  | { readonly step: 4; readonly tag: Uint8Array }
  /** Host: so can I. */
  | { readonly step: 5; readonly tag: Uint8Array }
  /** Host: that was wrong, so many more tries. */
  | { readonly step: 6; readonly left: number };

export function encodePair(message: PairMessage): Uint8Array {
  return encodeCbor({ ...message });
}

export function parsePair(body: Uint8Array): PairMessage {
  if (body.length > PAIR_BYTES) throw new ProtocolError('record-length');
  const map = parseCborMap(body);
  const step = uintField(map, 'step');
  switch (step) {
    case 0:
    case 1:
      return { step };
    case 2:
    case 3:
      return { step, y: bytesField(map, 'y', KEY_BYTES) };
    case 4:
    case 5:
      return { step, tag: bytesField(map, 'tag', PAIR_TAG_BYTES) };
    case 6:
      return { step, left: uintField(map, 'left', PAIR_TRIES) };
    default:
      throw new ProtocolError('pair-unexpected');
  }
}
