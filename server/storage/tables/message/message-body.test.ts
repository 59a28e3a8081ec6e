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

test('comes back with its life, and with what acts have made of it', () => {
  const fading = fc.record({ life: fc.maxSafeNat(), until: fc.option(fc.integer({ min: 1 })) });
  const more = fc.record({ fading, deliveredAt: fc.integer({ min: 1 }) }, { requiredKeys: ['fading'] });
  fc.assert(
    fc.property(body, more, (given, also) => {
      expect(parseBody(encodeBody({ ...given, ...also }))).toEqual({ ...given, ...also });
    }),
  );
  const whole = encodeBody({
    at: 1,
    receivedAt: 2,
    missing: 0,
    content: new Uint8Array(0),
    fading: { life: 1, until: 2 },
  });
  for (let length = 1; length < whole.length; length += 1)
    expect(() => parseBody(whole.subarray(0, length))).toThrow(expect.objectContaining({ code: 'damaged' }));
});
