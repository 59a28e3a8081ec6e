import fc from 'fast-check';
import { expect, it } from 'vitest';
import { pickNumbers } from './pick-numbers.ts';

it('picks different numbers within bounds, in order, whatever the luck', () => {
  const luck = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
  fc.assert(
    fc.property(fc.array(luck, { minLength: 3, maxLength: 3 }), (values) => {
      const rest = [...values];
      const picked = pickNumbers(3, 24, () => rest.shift() ?? 0);
      expect(new Set(picked).size).toBe(3);
      expect(picked).toEqual([...picked].sort((a, b) => a - b));
      expect(picked.every((number) => number >= 1 && number <= 24)).toBe(true);
    }),
  );
});

it('can pick each of them', () => {
  const firsts = Array.from({ length: 24 }, (_, at) => pickNumbers(1, 24, () => at / 24));
  expect(firsts.flat()).toEqual(Array.from({ length: 24 }, (_, at) => at + 1));
});
