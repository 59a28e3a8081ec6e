// A text: what people write.
import { textField } from '../../cbor/cbor.ts';
import { ProtocolError } from '../../errors.ts';
import { TEXT_BYTES } from '../../limits.ts';
import type { ContentKind } from '../content-kind.ts';

export interface Text {
  /** 1 byte to 256 KiB as UTF-8. */
  readonly body: string;
}

export const text: ContentKind<Text> = {
  parse(map) {
    const body = textField(map, 'body');
    if (body.length === 0) throw new ProtocolError('text-empty');
    if (Buffer.byteLength(body) > TEXT_BYTES) throw new ProtocolError('text-too-large');
    return { body };
  },
  encode({ body }) {
    const length = Buffer.byteLength(body);
    if (length === 0 || length > TEXT_BYTES) throw new Error('a text has 1 to TEXT_BYTES bytes');
    return { body };
  },
};
