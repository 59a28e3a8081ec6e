// How long messages may be there, as people choose it.
import { LIVES } from '../../../server/contract/words/life.ts';
import { lifeText } from '../text/lives.ts';
import { text } from '../text/text.ts';

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
