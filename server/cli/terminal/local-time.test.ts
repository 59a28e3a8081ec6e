import { afterEach, beforeEach, expect, it } from 'vitest';
import { clockTime, localTime } from './local-time.ts';

const zone = process.env.TZ;
beforeEach(() => {
  process.env.TZ = 'Asia/Kolkata';
});
afterEach(() => {
  process.env.TZ = zone;
});

it('a time is written as the person’s clock shows it', () => {
  expect(localTime(1_800_000_000_000)).toBe('2027-01-15 13:30');
  expect(clockTime(1_800_000_000_000)).toBe('13:30');
});

it.each([2 ** 53 - 1, -(2 ** 53), 8.64e15 + 1, Infinity, NaN])('no number throws: %d', (at) =>
  expect(localTime(at)).toBe('at no date'),
);

it('the last date there is', () => expect(localTime(8.64e15)).toBe('275760-09-13 05:30'));
