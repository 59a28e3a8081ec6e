import { describe, expect, it } from 'vitest';
import { digitsOf, groupCode, spellCode } from './code.ts';

describe('a code', () => {
  it.each([
    ['123456', '123456'],
    [' 123 456\n', '123456'],
    ['12-34-56', '123456'],
    ['1234567', '123456'],
    ['code: 04', '04'],
    ['', ''],
  ])('is read out of %j as %j', (typed, digits) => {
    expect(digitsOf(typed)).toBe(digits);
  });

  it('is shown in two groups and spelled digit by digit', () => {
    expect(groupCode('012345')).toBe('012 345');
    expect(spellCode('012345')).toBe('0, 1, 2, 3, 4, 5');
  });
});
