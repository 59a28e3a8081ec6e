import fc from 'fast-check';
import { expect, it } from 'vitest';
import { PICTURE_BYTES } from '../../../server/contract/limits.ts';
import { middleOf, toBase64 } from './portrait.ts';

it('cuts the square out of the middle, whichever side is longer', () => {
  expect(middleOf({ width: 1200, height: 800 })).toEqual({ x: 200, y: 0, side: 800 });
  expect(middleOf({ width: 800, height: 1200 })).toEqual({ x: 0, y: 200, side: 800 });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 9000 }), fc.integer({ min: 1, max: 9000 }), (width, height) => {
      const { x, y, side } = middleOf({ width, height });
      expect(side).toBe(Math.min(width, height));
      expect([2 * x + side, 2 * y + side]).toEqual([width, height]);
    }),
  );
});

it('says any bytes in base64', async () => {
  const bytes = Uint8Array.from({ length: PICTURE_BYTES }, (_, at) => at % 251);
  expect(await toBase64(new Blob([bytes]))).toBe(btoa(String.fromCharCode(...bytes)));
});
