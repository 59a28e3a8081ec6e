// A text: what people write, what it answers, and what is to become of it.
import { booleanField, bytesListField, mapField, optional, textField, type CborMap } from '../../cbor/cbor.ts';
import { ProtocolError } from '../../errors.ts';
import { KEY_BYTES, MENTIONS, QUOTE_BYTES } from '../../limits.ts';
import type { ContentKind } from '../content-kind.ts';
import { encodeTarget, parseTarget, type Target } from '../target.ts';
import { requireTtl, ttlField } from '../ttl.ts';
import { requireWords, wordsField } from '../words.ts';

/** Keys that are not there are left out. */
export interface Text {
  /** 1 byte to 256 KiB as UTF-8. */
  readonly body: string;
  /** What it answers. */
  readonly re?: Target;
  /** How that begins, for who does not have it: at most QUOTE_BYTES as UTF-8. */
  readonly quote?: string;
  /** A copy of what somebody else wrote. */
  readonly fwd?: true;
  /** Seconds from reading until it disappears, 1 to TTL_SECONDS. */
  readonly ttl?: number;
  /** Identity keys of those it mentions, at most MENTIONS. */
  readonly to?: readonly Uint8Array[];
}

export const text: ContentKind<Text> = {
  parse(map) {
    return {
      body: wordsField(map, 'body'),
      ...(map.has('re') && { re: parseTarget(mapField(map, 're')) }),
      ...(map.has('quote') && { quote: requireQuote(textField(map, 'quote')) }),
      ...(optional(map, 'fwd', booleanField) && { fwd: true as const }),
      ...(map.has('ttl') && { ttl: ttlField(map) }),
      ...(map.has('to') && { to: mentionsField(map) }),
    };
  },
  encode({ body, re, quote, fwd, ttl, to }) {
    if (to?.some(({ length }) => length !== KEY_BYTES)) throw new Error('keys have 32 bytes');
    if (to !== undefined && to.length > MENTIONS) throw new Error('a text mentions at most MENTIONS');
    return {
      body: requireWords(body),
      re: re && encodeTarget(re),
      quote: quote === undefined ? undefined : requireQuote(quote),
      ...{ fwd, ttl: requireTtl(ttl), to },
    };
  },
};

function requireQuote(quote: string): string {
  if (Buffer.byteLength(quote) > QUOTE_BYTES) throw new ProtocolError('quote-too-large');
  return quote;
}

function mentionsField(map: CborMap): Uint8Array[] {
  const to = bytesListField(map, 'to', KEY_BYTES);
  if (to.length > MENTIONS) throw new ProtocolError('mentions');
  return to;
}
