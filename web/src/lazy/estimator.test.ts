import { expect, it } from 'vitest';
import { gradeOf } from '../domain/strength.ts';
import { guesses } from './estimator.ts';

it.each([
  ['password', 'weak'],
  ['Password1!', 'weak'],
  ['qwertzuiop', 'weak'],
  ['annabella', 'weak'],
  ['summer2024', 'weak'],
  ['aaaaaaaaaaaaaaaaaaaaaaaaaaaa', 'weak'],
  ['xK9$wq2!p', 'fair'],
  ['river lantern cup', 'good'],
  ['a pebble under the wet bridge', 'strong'],
  ['correct horse battery staple', 'weak'],
  ['CorrectHorseBatteryStaple', 'weak'],
  ['correct-horse-battery-staple!', 'weak'],
  ['Panoramic nectar precut smith banana handclap', 'weak'],
  ['the heron stands at the weir', 'strong'],
])('%s is %s', async (passphrase, grade) => {
  expect(gradeOf(await guesses(passphrase, ['Annabella']))).toBe(grade);
});

it('knows that a name is the first thing to be tried', async () => {
  expect(await guesses('Zwetschgenknoedl', ['Zwetschgenknoedl'])).toBeLessThan(3);
  expect(await guesses('Zwetschgenknoedl', [])).toBeGreaterThan(8);
});
