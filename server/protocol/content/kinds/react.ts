// A reaction to an entry, of whichever author. One a person and entry: the later number of their direction wins.
import { mapField, textField } from '../../cbor/cbor.ts';
import { ProtocolError } from '../../errors.ts';
import { EMOJI_BYTES } from '../../limits.ts';
import type { ContentKind } from '../content-kind.ts';
import { encodeTarget, parseTarget, type Target } from '../target.ts';

export interface React {
  readonly to: Target;
  /** At most EMOJI_BYTES as UTF-8; empty: taken back. Whether it is one emoji is the reader's to check. */
  readonly emoji: string;
}

export const react: ContentKind<React> = {
  parse: (map) => ({ to: parseTarget(mapField(map, 'to')), emoji: requireEmojiBytes(textField(map, 'emoji')) }),
  encode: ({ to, emoji }) => ({ to: encodeTarget(to), emoji: requireEmojiBytes(emoji) }),
};

function requireEmojiBytes(emoji: string): string {
  if (Buffer.byteLength(emoji) > EMOJI_BYTES) throw new ProtocolError('emoji-too-large');
  return emoji;
}
