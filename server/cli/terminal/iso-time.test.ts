import { expect, it } from 'vitest';
import { isoTime } from './iso-time.ts';

it('a time is written in UTC', () => expect(isoTime(1_800_000_000_000)).toBe('2027-01-15T08:00:00.000Z'));

it.each([2 ** 53 - 1, -(2 ** 53), 8.64e15 + 1, Infinity, NaN])('no number throws: %d', (at) =>
  expect(isoTime(at)).toBe('at no date'),
);

it('the last date there is', () => expect(isoTime(8.64e15)).toBe('+275760-09-13T00:00:00.000Z'));
