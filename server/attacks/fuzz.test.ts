import { describe, expect, it } from 'vitest';
import { fuzz, shares } from './fuzz.ts';
import { makeTargets } from './targets.ts';

const INPUTS = 100_000;

describe('a hundred thousand damaged inputs', () => {
  for (const [target, inputs] of shares(makeTargets(), INPUTS)) {
    it(`break nothing: ${target.name}`, () => {
      for (const sample of target.samples.slice(0, 1)) expect(() => target.feed(sample)).not.toThrow();
      const { refused } = fuzz(target, inputs, 1);
      // Were they all taken, the damage would be none.
      expect(refused).toBeGreaterThan(0);
    });
  }
});
