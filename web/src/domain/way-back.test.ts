import { expect, it } from 'vitest';
import { reminderForm } from './way-back.ts';

const day = 86_400_000;

it('a reminder is a card in the first week, then a dot', () => {
  expect(reminderForm(false, [0], 3 * day)).toBe('none');
  expect(reminderForm(true, [], 3 * day)).toBe('card');
  expect(reminderForm(true, [9 * day, 5 * day], 10 * day)).toBe('card');
  expect(reminderForm(true, [9 * day, 2 * day], 10 * day)).toBe('dot');
});
