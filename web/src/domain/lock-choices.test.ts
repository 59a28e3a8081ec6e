import { expect, it } from 'vitest';
import { lockChoices } from './lock-choices.ts';

it('offers the usual ones, and what is set from the command line in its place', () => {
  expect(lockChoices(15)).toEqual([1, 5, 15, 30, 60, 240, 0]);
  expect(lockChoices(0)).toEqual([1, 5, 15, 30, 60, 240, 0]);
  expect(lockChoices(45)).toEqual([1, 5, 15, 30, 45, 60, 240, 0]);
});
