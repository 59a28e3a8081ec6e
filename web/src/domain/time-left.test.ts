import { describe, expect, it } from 'vitest';
import { timeLeft } from './time-left.ts';

describe('time left', () => {
  it.each([
    [600_000, '10:00'],
    [545_000, '9:05'],
    [59_001, '1:00'],
    [59_000, '0:59'],
    [1, '0:01'],
    [0, '0:00'],
    [-5_000, '0:00'],
  ])('of %i ms is %s', (ms, shown) => {
    expect(timeLeft(1_000_000 + ms, 1_000_000)).toBe(shown);
  });
});
