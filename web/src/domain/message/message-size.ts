// How large a message is, as the bound on messages counts.
import { byteLength } from '../names.ts';

/** What a request to the daemon has around the text of its message, with some to spare. */
export const ROOM = 512;

/**
 * Bytes as UTF-8; or half of what the text takes as JSON, when that is more: the daemon takes requests of twice the
 * longest text, and quotes, backslashes and control characters grow on the way.
 */
export function messageBytes(text: string): number {
  const escaped = byteLength(JSON.stringify(text)) + ROOM;
  return Math.max(byteLength(text), Math.ceil(escaped / 2));
}
