// How long something is there, in words, and as people choose it.
import { lifeOf, LIVES } from '../../../server/contract/words/life.ts';
import { locale } from './locale.ts';
import { text } from './text.ts';

/** “8 hours”. @param seconds at least 1. */
export function lifeText(seconds: number): string {
  const { count, unit } = lifeOf(seconds);
  return new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'long' }).format(count);
}

/** @param now what is set, in seconds: among the choices, whatever it is. */
export function timerOptions(now: number): readonly { readonly value: number; readonly label: string }[] {
  const all = new Set([0, ...LIVES, now]);
  return [...all]
    .sort((a, b) => a - b)
    .map((value) => ({
      value,
      label: value === 0 ? text('timer.off') : text('timer.after', { life: lifeText(value) }),
    }));
}
