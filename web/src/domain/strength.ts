// How strong a passphrase is, in words. Each guess costs a thief of the disk as much as it costs us to unlock.

export type Strength = 'weak' | 'fair' | 'good' | 'strong';

/** From so many guesses on, as powers of ten. */
const GRADES: readonly (readonly [number, Strength])[] = [
  [14, 'strong'],
  [11, 'good'],
  [8, 'fair'],
];

/** Longer ones are judged by their beginning: it is long enough, and judging takes the longer the more there is. */
export const JUDGED_LENGTH = 72;

/** @param guesses as a power of ten. */
export function gradeOf(guesses: number): Strength {
  return GRADES.find(([least]) => guesses >= least)?.[1] ?? 'weak';
}

/** Quarters of the meter. */
export const quarters: Readonly<Record<Strength, number>> = { weak: 1, fair: 2, good: 3, strong: 4 };
