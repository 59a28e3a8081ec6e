import { describe, expect, it } from 'vitest';
import { MESSAGE_BYTES } from '../../../../server/contract/limits.ts';
import { messageBytes } from './message-size.ts';

/** What the daemon takes in one request. */
const REQUEST_BYTES = 2 * MESSAGE_BYTES;

const request = (body: string): number =>
  new TextEncoder().encode(
    JSON.stringify({
      id: 1e9,
      command: 'message.send',
      params: { conversation: 'a'.repeat(32), body, id: 'b'.repeat(32) },
    }),
  ).length;

describe('the size of a message', () => {
  it('is its length as UTF-8 for what people write', () => {
    for (const text of ['a'.repeat(1000), 'aé€😀'.repeat(999), 'ü'.repeat(MESSAGE_BYTES / 2)])
      expect(messageBytes(text)).toBe(new TextEncoder().encode(text).length);
  });

  it('keeps every request within what the daemon takes', () => {
    for (const character of ['a', 'ü', '"', '\\', '\n', '\u0001', 'a"', '\u0000é']) {
      let length = Math.floor(MESSAGE_BYTES / character.length) + 10;
      let over = messageBytes(character.repeat(length)) / MESSAGE_BYTES;
      while (over > 1) {
        length = Math.min(length - 1, Math.floor(length / over));
        over = messageBytes(character.repeat(length)) / MESSAGE_BYTES;
      }
      expect(request(character.repeat(length))).toBeLessThanOrEqual(REQUEST_BYTES);
    }
  });
});
