import { describe, expect, it } from 'vitest';
import { LATEST_TIME, differs, isTime, sentAt, timeOr } from './time.ts';

it.each([0, 1, 1_800_000_000_000, LATEST_TIME])('takes %d as it is', (at) => {
  expect(isTime(at)).toBe(true);
  expect(timeOr(at, 5)).toBe(at);
  expect(new Date(at).toISOString()).toHaveLength(24);
});

it.each([-1, LATEST_TIME + 1, 2 ** 53 - 1, Infinity, -Infinity, NaN])('takes another for %d', (at) => {
  expect(isTime(at)).toBe(false);
  expect(timeOr(at, 5)).toBe(5);
  // Even a clock of ours that is no time leaves one.
  expect(isTime(timeOr(at, at))).toBe(true);
});

const came = Date.UTC(2026, 10, 30, 14);
const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const year = 365 * day;

describe('the time of a message', () => {
  it.each([
    ['at once', 0],
    ['after it waited an hour', -hour],
    ['after it waited for months', -300 * day],
    ['by a clock a minute ahead', minute],
  ])('is when it was sent: %s', (_, off) => expect(sentAt({ at: came + off, arrivedAt: came }, came)).toBe(came + off));

  it.each([
    ['three minutes ahead', 3 * minute],
    ['an hour ahead', hour],
    ['a day ahead', day],
    ['three years ahead', 3 * year],
    ['two years behind', -2 * year],
  ])('is when it came, by a clock %s', (_, off) =>
    expect(sentAt({ at: came + off, arrivedAt: came }, came)).toBe(came),
  );

  it('is when it was sent, if our clock was months behind when it came', () => {
    const at = came + 118 * day;
    expect(sentAt({ at, arrivedAt: came }, at - 1)).toBe(came);
    expect(sentAt({ at, arrivedAt: came }, at)).toBe(at);
  });

  it('does not change under a clock that is a little ahead, once that time has come', () =>
    expect(sentAt({ at: came + hour, arrivedAt: came }, came + day)).toBe(came));
});

it('two times are told only where they differ', () => {
  expect(differs({ at: came, arrivedAt: came + minute })).toBe(false);
  expect(differs({ at: came, arrivedAt: came + 3 * minute })).toBe(true);
  expect(differs({ at: came + hour, arrivedAt: came })).toBe(true);
});
