import { expect, it } from 'vitest';
import { printRows } from './rows.ts';

it('a row that cannot be shown takes none of the others along, and is a bug in the end', () => {
  const printed: string[] = [];
  const line = (at: number): string => new Date(at).toISOString().slice(0, 4);
  const rows = [0, 2 ** 53 - 1, 1_800_000_000_000];
  expect(() => printRows({ print: (text) => printed.push(text) }, rows, line)).toThrow(RangeError);
  expect(printed).toEqual(['1970', '(one that cannot be shown)', '2027']);
});
