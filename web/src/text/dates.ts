// Times as people read them. Nothing here throws, whatever number it is given; all of it follows the calendar.
import { type Calendar, calendar, dayOf } from './calendar.ts';
import { hourCycle, locale } from './locale.ts';
import { text } from './text.ts';

const forms = {
  time: { hour: 'numeric', minute: '2-digit' },
  weekday: { weekday: 'short' },
  date: { day: 'numeric', month: 'short' },
  dateWithYear: { day: 'numeric', month: 'short', year: 'numeric' },
  longDay: { weekday: 'long', day: 'numeric', month: 'long' },
  longDayWithYear: { dateStyle: 'full' },
  full: { dateStyle: 'medium', timeStyle: 'short' },
} as const satisfies Readonly<Record<string, Intl.DateTimeFormatOptions>>;

/** Those that show the hour. */
const hasClock: ReadonlySet<keyof typeof forms> = new Set(['time', 'full']);

const units = (['second', 'minute', 'hour', 'day'] as const).map(
  (unit) => new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'long', maximumFractionDigits: 0 }),
);
const UNIT_MS = [1000, 60_000, 3_600_000, 86_400_000];

/** Said where there is no date: beyond what ECMAScript can count (ECMA-262, Time Values). */
const NO_DATE = '–';
const LAST_DATE = 8.64e15;
const WEEK_DAYS = 7;

const formatters = new Map<keyof typeof forms, Intl.DateTimeFormat>();
let zoneOfFormatters = '';

/** One that was made keeps the time zone of then. */
function formatter(form: keyof typeof forms, { zone }: Calendar): Intl.DateTimeFormat {
  if (zone !== zoneOfFormatters) formatters.clear();
  zoneOfFormatters = zone;
  const known =
    formatters.get(form) ??
    new Intl.DateTimeFormat(locale, { ...forms[form], ...(hasClock.has(form) && { hourCycle }) });
  formatters.set(form, known);
  return known;
}

function format(form: keyof typeof forms, at: number): string {
  // Read first, so that what is drawn by it is drawn anew when it changes.
  const now = calendar.value;
  return isDate(at) ? formatter(form, now).format(at) : NO_DATE;
}

function isDate(at: number): boolean {
  return Math.abs(at) <= LAST_DATE;
}

function isThisYear(at: number): boolean {
  return new Date(at).getFullYear() === new Date().getFullYear();
}

/** The clock: 14:03. */
export function clock(at: number): string {
  return format('time', at);
}

/** For `<time datetime>`; undefined: no date. */
export function machineTime(at: number): string | undefined {
  return isDate(at) ? new Date(at).toISOString() : undefined;
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
  return format('full', at);
}

/** As short as it can be and still be understood: the clock today, a weekday in the six days before, else a date. */
export function brief(at: number): string {
  const ago = calendar.value.today - dayOf(at);
  if (ago === 0) return format('time', at);
  if (ago > 0 && ago < WEEK_DAYS) return format('weekday', at);
  return format(isThisYear(at) ? 'date' : 'dateWithYear', at);
}

/** The line between two days. */
export function dayLine(at: number): string {
  const ago = calendar.value.today - dayOf(at);
  if (ago === 0) return text('chat.today');
  if (ago === 1) return text('chat.yesterday');
  return format(isThisYear(at) ? 'longDay' : 'longDayWithYear', at);
}

/** The day as a date field has it: 2026-11-30. */
export function isoDay(at: number): string {
  const date = new Date(isDate(at) ? at : 0);
  const [month, day] = [date.getMonth() + 1, date.getDate()].map((part) => `${part}`.padStart(2, '0'));
  return `${date.getFullYear()}-${month}-${day}`;
}
