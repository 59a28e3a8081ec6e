import { encode } from 'cborg';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeBody, parseBody } from './message-body.ts';

const body = fc.record({
  at: fc.maxSafeNat(),
  receivedAt: fc.maxSafeNat(),
  missing: fc.maxSafeNat(),
  content: fc.uint8Array({ maxLength: 500 }),
});

test('comes back as it went, and as an earlier Loom wrote it', () => {
  fc.assert(
    fc.property(body, (given) => {
      expect(parseBody(encodeBody(given))).toEqual(given);
      expect(parseBody(encode(given))).toEqual(given);
    }),
  );
});

test('what is none is damaged', () => {
  const short = encodeBody({ at: 1, receivedAt: 2, missing: 0, content: new Uint8Array(0) }).subarray(0, 24);
  for (const bytes of [short, encode({ at: 1 }), encode([1])]) {
    expect(() => parseBody(bytes)).toThrow(expect.objectContaining({ code: 'damaged' }));
  }
});
