// How long something is there, in words.
import { textFor } from './text.ts';

const units = [
  ['timer.weeks', 7 * 24 * 60 * 60],
  ['timer.days', 24 * 60 * 60],
  ['timer.hours', 60 * 60],
  ['timer.minutes', 60],
  ['timer.seconds', 1],
] as const;

/** In the largest unit of which it is a whole number. @param seconds at least 1. */
export function lifeText(seconds: number): string {
  const [key, length] = units.find(([, each]) => seconds % each === 0) ?? ['timer.seconds', 1];
  return textFor(key, Math.floor(seconds / length));
}
