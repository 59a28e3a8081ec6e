// The zone is set before the first date is made of anything: what a formatter was made in, it keeps.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { watchEffect } from 'vue';
import { calendar, dayOf, followCalendar } from './calendar.ts';
import { brief, clock, dayLine, machineTime, moment, stretch } from './dates.ts';

const hour = 3_600_000;
let stop: () => void;

/** What the computer's settings say from now on. */
function setZone(zone: string): void {
  vi.stubEnv('TZ', zone);
}

function setTime(time: string): void {
  vi.setSystemTime(Date.parse(time));
  vi.advanceTimersByTime(30_000);
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('document', new EventTarget());
  setZone('Europe/Berlin');
  vi.setSystemTime(Date.parse('2027-03-10T12:00:00Z'));
  stop = followCalendar();
});
afterEach(() => {
  stop();
  vi.unstubAllGlobals();
  vi.unstubAllEnvs();
  vi.useRealTimers();
});

describe('days go by the calendar', () => {
  it.each([
    // Half past midnight after the day that had 23 hours, and after the one that had 25.
    ['2027-03-28T22:30:00Z', '2027-03-28T10:00:00Z', '2027-03-27T11:00:00Z'],
    ['2027-10-31T23:30:00Z', '2027-10-31T10:00:00Z', '2027-10-30T10:00:00Z'],
    ['2027-06-01T00:00:00Z', '2027-05-30T22:00:00Z', '2027-05-30T21:59:59Z'],
  ])('at %s yesterday is %s and not %s', (now, yesterday, before) => {
    setTime(now);
    expect(dayLine(Date.parse(now))).toBe('Today');
    expect(dayLine(Date.parse(yesterday))).toBe('Yesterday');
    expect(dayLine(Date.parse(before))).not.toBe('Yesterday');
  });

  it('names a weekday for the six days before today, to the day', () => {
    setTime('2027-04-01T00:10:00Z');
    expect(brief(Date.parse('2027-03-26T12:00:00Z'))).toBe('Fri');
    expect(brief(Date.parse('2027-03-25T22:59:00Z'))).toMatch(/25/);
    expect(brief(Date.parse('2027-04-02T12:00:00Z'))).toMatch(/2/);
    expect(brief(Date.parse('2026-04-02T12:00:00Z'))).toMatch(/2026/);
  });

  it('numbers days one by one, over every change of the clocks', () => {
    const days = Array.from({ length: 800 }, (_, i) => dayOf(new Date(2026, 0, 1 + i, 0, 30).getTime()));
    expect(new Set(days.map((day, i) => day - i)).size).toBe(1);
  });
});

describe('what is shown moves on by itself', () => {
  it('past midnight', () => {
    const said: string[] = [];
    const at = Date.now();
    const end = watchEffect(() => said.push(dayLine(at)), { flush: 'sync' });
    setTime('2027-03-10T22:59:00Z');
    setTime('2027-03-10T23:00:01Z');
    setTime('2027-03-11T23:00:01Z');
    end();
    expect(said).toEqual(['Today', 'Yesterday', expect.stringContaining('10')]);
  });

  it('to another time zone, hours too', () => {
    const said: string[] = [];
    const at = Date.parse('2027-03-10T20:15:00Z');
    const end = watchEffect(() => said.push(`${dayLine(at)} ${clock(at)}`), { flush: 'sync' });
    setZone('Asia/Tokyo');
    vi.advanceTimersByTime(30_000);
    end();
    expect(said).toHaveLength(2);
    expect(said[0]).toMatch(/^Today .*9:15|21:15/);
    expect(said[1]).toMatch(/11.* 0?5:15/);
    expect(calendar.value.zone).toBe('Asia/Tokyo');
  });

  it('at once, when a page comes back into sight', () => {
    vi.setSystemTime(Date.parse('2027-03-12T12:00:00Z'));
    expect(calendar.value.today).toBe(dayOf(Date.parse('2027-03-10T12:00:00Z')));
    document.dispatchEvent(new Event('visibilitychange'));
    expect(calendar.value.today).toBe(dayOf(Date.parse('2027-03-12T12:00:00Z')));
  });
});

it.each([2 ** 53 - 1, -(2 ** 53 - 1), 8.64e15 + 1, Infinity, -Infinity, NaN])('nothing throws: %d', (at) => {
  for (const say of [clock, moment, brief, dayLine]) expect(say(at)).toBe('–');
  expect(machineTime(at)).toBeUndefined();
  expect(stretch(at)).toEqual(expect.any(String));
  expect(stretch(24 * hour)).toBe('24 hours');
});
