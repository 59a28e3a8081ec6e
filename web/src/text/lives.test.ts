import { expect, test } from 'vitest';
import { LIVES, lifeWords } from '../../../server/contract/words/life.ts';
import { lifeText } from './lives.ts';

test('says how long as the command line does', () => {
  for (const seconds of [...LIVES, 60, 61, 90 * 60, 1]) expect(lifeText(seconds)).toBe(lifeWords(seconds));
});
