import { expect, it } from 'vitest';
import { compareSafety, safetyCode } from './safety-code.ts';

const number = '12345'.repeat(12);

it('says whether theirs is ours, and what is none at all', () => {
  expect(compareSafety(number, safetyCode(number))).toBe('same');
  expect(compareSafety(number, safetyCode('12346'.repeat(12)))).toBe('other');
  for (const read of ['', number, `LOOM-${'A'.repeat(106)}`, `${safetyCode(number)}0`, 'loom-safety:'])
    expect(compareSafety(number, read)).toBe('none');
  expect(compareSafety('', 'loom-safety:')).toBe('none');
});
