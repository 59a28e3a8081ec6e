import { expect, test } from 'vitest';
import { TIMER_SECONDS, TIMER_SECONDS_MOST } from '../limits.ts';
import { LIVES, lifeWords, parseLife } from './life.ts';

test('says how long, in the largest unit', () => {
  expect(LIVES.map(lifeWords)).toEqual(['5 minutes', '1 hour', '8 hours', '1 day', '1 week', '4 weeks']);
  expect(lifeWords(90 * 60)).toBe('90 minutes');
  expect(lifeWords(61)).toBe('61 seconds');
  expect(lifeWords(1)).toBe('1 second');
});

test('reads what is typed, from a minute to four weeks', () => {
  expect(parseLife('1m')).toBe(TIMER_SECONDS);
  expect(parseLife('28d')).toBe(TIMER_SECONDS_MOST);
  for (const wrong of ['', '0m', '1', 'h', '1y', '5w', '-1h', '1.5h', ' 1h', '99999999m'])
    expect(parseLife(wrong)).toBeNull();
});
