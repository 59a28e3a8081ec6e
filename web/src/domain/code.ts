import { digitsIn } from '../../../server/contract/words/pasted.ts';

/** The six digits that people read out to each other. */
export const CODE_DIGITS = 6;

/** The digits in what was typed or pasted, none beyond the sixth. */
export function digitsOf(typed: string): string {
  return digitsIn(typed).slice(0, CODE_DIGITS);
}

/** In two groups, as people read it: 123 456. */
export function groupCode(code: string): string {
  return `${code.slice(0, 3)} ${code.slice(3)}`;
}

/** One by one, as a screen reader should: 1, 2, 3. */
export function spellCode(code: string): string {
  return Array.from(code).join(', ');
}
