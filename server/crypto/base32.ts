// Base32 of RFC 4648 §6 without padding, read strictly: every byte string has exactly one text (but for its case).
// It knows nothing of tokens or what the bytes are for, and says only that a text is wrong, not why.

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const BITS = 5;

/** Upper case, no padding. */
export function encodeBase32(bytes: Uint8Array): string {
  let text = '';
  let bits = 0;
  let held = 0;
  for (const byte of bytes) {
    held = (held << 8) | byte;
    bits += 8;
    for (; bits >= BITS; bits -= BITS) text += ALPHABET.charAt((held >>> (bits - BITS)) & 31);
    held &= 31;
  }
  if (bits > 0) text += ALPHABET.charAt((held << (BITS - bits)) & 31);
  return text;
}

/** Either case. @returns null on a foreign character, a length no byte string has, or trailing bits that are not zero. */
export function parseBase32(text: string): Uint8Array | null {
  const bytes = new Uint8Array(Math.floor((text.length * BITS) / 8));
  let bits = 0;
  let held = 0;
  let length = 0;
  for (let i = 0; i < text.length; i += 1) {
    const value = valueOf(text.charCodeAt(i));
    if (value < 0) return null;
    held = ((held << BITS) | value) & 0xfff;
    bits += BITS;
    if (bits >= 8) {
      bits -= 8;
      bytes[length] = held >>> bits;
      length += 1;
    }
  }
  // A whole character of padding bits (lengths 1, 3 and 6 modulo 8) encodes nothing.
  const isWhole = bits < BITS && (held & ((1 << bits) - 1)) === 0;
  return isWhole ? bytes : null;
}

/** 0 to 31, or -1. By code, since `toUpperCase` would let in letters that are none of ours, such as the long s. */
function valueOf(code: number): number {
  if (code >= 0x41 && code <= 0x5a) return code - 0x41;
  if (code >= 0x61 && code <= 0x7a) return code - 0x61;
  if (code >= 0x32 && code <= 0x37) return code - 0x32 + 26;
  return -1;
}
