// Which day it is, and in which time zone, for all that is shown by them: it moves on by itself, at midnight, after sleep,
// when the clock or the zone changes.
import { shallowRef } from 'vue';

export interface Calendar {
  /** IANA name. */
  readonly zone: string;
  /** Today, see `dayOf`. */
  readonly today: number;
}

const DAY_MS = 86_400_000;
/** Looked at this often: a timer for midnight would not notice that the clock was set, nor sleep. */
const LOOK_MS = 20_000;

/** The day of a time here: days since 1970 by the calendar, so that those with 23 and 25 hours count as one. */
export function dayOf(at: number): number {
  const date = new Date(at);
  return Date.UTC(date.getFullYear(), date.getMonth(), date.getDate()) / DAY_MS;
}

function look(): Calendar {
  return { zone: new Intl.DateTimeFormat().resolvedOptions().timeZone, today: dayOf(Date.now()) };
}

export const calendar = shallowRef(look());

function update(): void {
  const { zone, today } = look();
  if (zone !== calendar.value.zone || today !== calendar.value.today) calendar.value = { zone, today };
}

/** Keeps `calendar` right from now on. @returns a function that ends it. */
export function followCalendar(): () => void {
  update();
  const timer = setInterval(update, LOOK_MS);
  // A page in the background is woken rarely: what people come back to must be right at once.
  document.addEventListener('visibilitychange', update);
  return () => {
    clearInterval(timer);
    document.removeEventListener('visibilitychange', update);
  };
}
