// An entry of the sender's has other words from now on.
import { bytesField, uintField } from '../../cbor/cbor.ts';
import { ProtocolError } from '../../errors.ts';
import { EDITS, MESSAGE_ID_BYTES } from '../../limits.ts';
import type { ContentKind } from '../content-kind.ts';
import { requireId } from '../target.ts';
import { requireWords, wordsField } from '../words.ts';

export interface Edit {
  /** Id of the entry, 16 bytes. */
  readonly of: Uint8Array;
  /** Counts the edits of one entry, 1 to EDITS; the largest is what it says. */
  readonly n: number;
  /** 1 byte to 256 KiB as UTF-8. */
  readonly body: string;
}

export const edit: ContentKind<Edit> = {
  parse(map) {
    const n = uintField(map, 'n');
    if (n < 1 || n > EDITS) throw new ProtocolError('edit-number');
    return { of: bytesField(map, 'of', MESSAGE_ID_BYTES), n, body: wordsField(map, 'body') };
  },
  encode({ of, n, body }) {
    if (n < 1 || n > EDITS) throw new Error('an entry has 1 to EDITS edits');
    return { of: requireId(of), n, body: requireWords(body) };
  },
};
