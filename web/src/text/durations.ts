// How long something takes, roughly: what people wait for need not be exact.
import { formatNumber, text } from './text.ts';

export function durationText(seconds: number): string {
  const [unit, count] =
    seconds < 90
      ? (['seconds', seconds] as const)
      : seconds < 90 * 60
        ? (['minutes', seconds / 60] as const)
        : (['hours', seconds / 3600] as const);
  return text(`files.time.${unit}`, { count: formatNumber(Math.max(1, Math.round(count))) });
}
