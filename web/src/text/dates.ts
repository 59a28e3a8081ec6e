import { isSameDay } from '../domain/grouping.ts';
import { text } from './text.ts';

const DAY_MS = 86_400_000;

const time = new Intl.DateTimeFormat(undefined, { hour: 'numeric', minute: '2-digit' });
const weekday = new Intl.DateTimeFormat(undefined, { weekday: 'short' });
const date = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' });
const dateWithYear = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short', year: 'numeric' });
const longDay = new Intl.DateTimeFormat(undefined, { weekday: 'long', day: 'numeric', month: 'long' });
const longDayWithYear = new Intl.DateTimeFormat(undefined, { dateStyle: 'full' });
const full = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });

const units = (['second', 'minute', 'hour', 'day'] as const).map(
  (unit) => new Intl.NumberFormat('en', { style: 'unit', unit, unitDisplay: 'long', maximumFractionDigits: 0 }),
);
const UNIT_MS = [1000, 60_000, 3_600_000, DAY_MS];

function isThisYear(at: number, now: number): boolean {
  return new Date(at).getFullYear() === new Date(now).getFullYear();
}

/** The clock: 14:03. */
export function clock(at: number): string {
  return time.format(at);
}

/** A stretch of time in the largest unit that has two of it: 90 seconds, 25 minutes, 3 days. */
export function stretch(ms: number): string {
  const largest = Math.max(
    0,
    UNIT_MS.findLastIndex((unit) => ms >= 2 * unit),
  );
  return units[largest]?.format(ms / (UNIT_MS[largest] ?? 1)) ?? '';
}

/** With its date, for a tooltip. */
export function moment(at: number): string {
  return full.format(at);
}

/** As short as it can be and still be understood: the clock today, a weekday this week, else a date. */
export function brief(at: number, now = Date.now()): string {
  if (isSameDay(at, now)) return time.format(at);
  if (at < now && now - at < 6 * DAY_MS) return weekday.format(at);
  return (isThisYear(at, now) ? date : dateWithYear).format(at);
}

/** The line between two days. */
export function dayLine(at: number, now = Date.now()): string {
  if (isSameDay(at, now)) return text('chat.today');
  if (isSameDay(at, now - DAY_MS)) return text('chat.yesterday');
  return (isThisYear(at, now) ? longDay : longDayWithYear).format(at);
}
