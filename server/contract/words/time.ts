// Points in time, in ms since 1970: what a date can be made of, and which time of a message is shown.
import type { Message } from '../model.ts';

type Timed = Pick<Message, 'at' | 'arrivedAt'>;

/** The end of the year 9999: later years have no form that every format, database and program reads. */
export const LATEST_TIME = 253_402_300_799_999;

/** Whether a date can be made of it. */
export function isTime(at: number): boolean {
  return at >= 0 && at <= LATEST_TIME;
}

/** A time that came from elsewhere. @param otherwise taken where `at` is no time, kept within bounds itself. */
export function timeOr(at: number, otherwise: number): number {
  if (isTime(at)) return at;
  return Number.isNaN(otherwise) ? 0 : Math.min(Math.max(otherwise, 0), LATEST_TIME);
}

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** Clocks that are kept agree within this. */
const AGREED_MS = 2 * MINUTE_MS;
/** An hour, a time zone or a day set wrongly. */
const SLIP_MS = 2 * DAY_MS;
/** No message waits longer to be delivered: a clock that says so stands in the past. */
const LONGEST_WAIT_MS = 366 * DAY_MS;

/**
 * When a message was sent, as far as that can be believed; else when it came. What is stamped a little later than it came
 * has a sender whose clock is ahead. What is stamped much later is believed once that time has come: then it was our clock
 * that was behind.
 */
export function sentAt({ at, arrivedAt }: Timed, now = Date.now()): number {
  const ahead = at - arrivedAt;
  if (ahead < -LONGEST_WAIT_MS) return arrivedAt;
  if (ahead <= AGREED_MS) return at;
  return ahead <= SLIP_MS || at > now ? arrivedAt : at;
}

/** Whether people should see both times: it waited, or one of the clocks is wrong. */
export function differs({ at, arrivedAt }: Timed): boolean {
  return Math.abs(at - arrivedAt) > AGREED_MS;
}
