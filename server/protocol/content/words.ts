// What people wrote, measured.
import { textField, type CborMap } from '../cbor/cbor.ts';
import { ProtocolError } from '../errors.ts';
import { TEXT_BYTES } from '../limits.ts';

/** @returns 1 byte to 256 KiB as UTF-8. @throws ProtocolError. */
export function wordsField(map: CborMap, key: string): string {
  const words = textField(map, key);
  if (words.length === 0) throw new ProtocolError('text-empty');
  if (Buffer.byteLength(words) > TEXT_BYTES) throw new ProtocolError('text-too-large');
  return words;
}

/** @throws Error on what is empty or too long. */
export function requireWords(words: string): string {
  const length = Buffer.byteLength(words);
  if (length === 0 || length > TEXT_BYTES) throw new Error('a text has 1 to TEXT_BYTES bytes');
  return words;
}
