const CHOICES: readonly number[] = [1, 5, 15, 30, 60, 240, 0];

/** Idle minutes to choose from, never (0) last; the present one among them, whatever it is. */
export function lockChoices(present: number): readonly number[] {
  if (CHOICES.includes(present)) return CHOICES;
  return [...CHOICES, present].sort((a, b) => (a || Infinity) - (b || Infinity));
}
