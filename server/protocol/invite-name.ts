// What the maker of an invite calls themselves (SPEC §2): kind(u8) ‖ length(u8) ‖ UTF-8 in NFC, before the endpoints.
// A claim, as in HELLO: whoever passes an invite on can put another name into it.
import { concat, utf8 } from '../crypto/bytes.ts';
import { INVITE_NAME_BYTES } from './limits.ts';

const KIND = 0x01;
const HEADER_BYTES = 2;
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** @throws Error on one that is empty, over INVITE_NAME_BYTES or not in NFC. */
export function encodeInviteName(name: string): Uint8Array {
  const bytes = utf8(name);
  if (bytes.length === 0 || bytes.length > INVITE_NAME_BYTES || name !== name.normalize('NFC'))
    throw new Error('the name in an invite is out of bounds');
  return concat(Uint8Array.of(KIND, bytes.length), bytes);
}

/** How many bytes the name at `offset` takes; 0: none stands there; null: its beginning is not there whole. */
export function inviteNameLength(bytes: Uint8Array, offset: number): number | null {
  if (bytes[offset] !== KIND) return 0;
  const length = bytes[offset + 1];
  return length === undefined ? null : HEADER_BYTES + length;
}

/** @returns the name at `offset`; undefined: none stands there; null: one that is not as it must be. */
export function readInviteName(bytes: Uint8Array, offset: number): string | null | undefined {
  if (bytes[offset] !== KIND) return undefined;
  const end = offset + HEADER_BYTES + (bytes[offset + 1] ?? 0);
  const text = bytes.subarray(offset + HEADER_BYTES, end);
  if (end > bytes.length || text.length === 0 || text.length > INVITE_NAME_BYTES) return null;
  try {
    const name = decoder.decode(text);
    return name === name.normalize('NFC') ? name : null;
  } catch {
    return null;
  }
}
