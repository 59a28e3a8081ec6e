// How hard a passphrase is to guess. Its dictionaries are large, so all of this is loaded when a person chooses one.
import { ZxcvbnFactory } from '@zxcvbn-ts/core';
import { adjacencyGraphs, dictionary as common } from '@zxcvbn-ts/language-common';
import { dictionary as english } from '@zxcvbn-ts/language-en';
import { publishedPhrases } from './published-phrases.ts';

const estimator = new ZxcvbnFactory({
  dictionary: { ...common, ...english, publishedPhrases },
  graphs: adjacencyGraphs,
});

/** How many guesses it takes, as a power of ten. @param known words others would try first, such as the name. */
export async function guesses(passphrase: string, known: readonly string[]): Promise<number> {
  const { guessesLog10 } = await estimator.checkAsync(passphrase, [...known]);
  return guessesLog10;
}
