import { expect, it } from 'vitest';
import { BARS, barsOf, playTime, waveformOf } from './waveform.ts';

it('has the loudest of each part, measured by the loudest of all', () => {
  const levels = Array.from({ length: 10 * BARS }, (_, at) => (at % 10 === 3 ? at / 5000 : 0));
  const bars = barsOf(waveformOf(levels));
  expect(bars).toHaveLength(BARS);
  expect(bars.at(-1)).toBe(1);
  expect(bars[0]).toBeCloseTo(3 / 633, 1);
  expect(bars.toSorted((a, b) => a - b)).toEqual(bars);
});

it.each([0, 1, 2, BARS - 1, BARS, BARS + 1])('of %i levels is of the same length', (count) => {
  expect(waveformOf(Array.from({ length: count }, () => 0.5))).toMatch(/^(?:[0-9a-f]{2}){64}$/);
});

it('is flat where nothing is heard', () => {
  expect(waveformOf([0, 0, 0])).toBe('00'.repeat(BARS));
});

it.each([
  [0, '0:00'],
  [7_999, '0:07'],
  [61_000, '1:01'],
  [3_723_000, '1:02:03'],
])('%i ms are %s', (ms, shown) => {
  expect(playTime(ms)).toBe(shown);
});
