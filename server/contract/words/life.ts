// How long something is there, in words and as it is typed.
import { TIMER_SECONDS, TIMER_SECONDS_MOST } from '../limits.ts';

const MINUTE = 60;
const units = [
  { letter: 'w', word: 'week', seconds: 7 * 24 * 60 * MINUTE },
  { letter: 'd', word: 'day', seconds: 24 * 60 * MINUTE },
  { letter: 'h', word: 'hour', seconds: 60 * MINUTE },
  { letter: 'm', word: 'minute', seconds: MINUTE },
  { letter: 's', word: 'second', seconds: 1 },
] as const;

/** What people are offered, in seconds. */
export const LIVES: readonly number[] = ['5m', '1h', '8h', '1d', '1w', '4w'].map((typed) => parseLife(typed) ?? 0);

/** In the largest unit of which it is a whole number. @param seconds at least 1. */
export function lifeOf(seconds: number): { readonly count: number; readonly unit: (typeof units)[number]['word'] } {
  const unit = units.find((each) => seconds % each.seconds === 0);
  return unit ? { count: seconds / unit.seconds, unit: unit.word } : { count: Math.floor(seconds), unit: 'second' };
}

/** “8 hours”. @param seconds at least 1. */
export function lifeWords(seconds: number): string {
  const { count, unit } = lifeOf(seconds);
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}

/** Of `90m`, `8h`, `1d`, `2w` the seconds, TIMER_SECONDS to TIMER_SECONDS_MOST; null: something else. */
export function parseLife(typed: string): number | null {
  const [, count, letter] = /^([1-9]\d{0,6})([mhdw])$/.exec(typed) ?? [];
  const unit = units.find((each) => each.letter === letter);
  if (unit === undefined) return null;
  const seconds = Number(count) * unit.seconds;
  return seconds >= TIMER_SECONDS && seconds <= TIMER_SECONDS_MOST ? seconds : null;
}
