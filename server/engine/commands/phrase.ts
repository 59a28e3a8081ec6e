// The recovery phrase of an open profile: shown, and checked to have been written down.
import { CommandError } from '../../contract/errors.ts';
import { PHRASE_ASKED } from '../../contract/limits.ts';
import { phraseWords } from '../../contract/words/pasted.ts';
import { encodePhrase, phraseWord } from '../../crypto/phrase.ts';
import type { Engine } from '../engine.ts';
import { PHRASE_CHECKED } from '../tasks/backup-settings.ts';
import type { Handlers, Named } from './handlers.ts';

/** After this the phrase must be shown again: single words are told right or wrong only to who has just seen them all. */
const SHOWN_MS = 15 * 60_000;

/** @param checked called when the person has shown that they have the phrase. */
export function phraseCommands(engine: Engine, checked: () => void): Handlers<Named<'phrase'>> {
  const { store, identity, clock } = engine.options;
  let shownUntil = -Infinity;
  return {
    'phrase.show': async ({ passphrase }) => {
      await store.checkPassphrase(passphrase);
      shownUntil = clock.monotonic() + SHOWN_MS;
      return { words: encodePhrase(identity.masterSeed) };
    },
    'phrase.check': async ({ words }) => {
      if (clock.monotonic() >= shownUntil)
        throw new CommandError('phrase-not-shown', 'the phrase was not shown lately');
      const numbers = words.map(({ number }) => number);
      if (new Set(numbers).size < PHRASE_ASKED)
        throw new CommandError('bad-request', 'three different words are asked');
      const phrase = encodePhrase(identity.masterSeed);
      const wrong = words.filter(({ number, word }) => phraseWord(phraseWords(word).join(' ')) !== phrase[number - 1]);
      if (wrong.length === 0) {
        await store.journal.write(() => store.settings.put(PHRASE_CHECKED, clock.now()));
        checked();
      }
      return { wrong: wrong.map(({ number }) => number) };
    },
  };
}
