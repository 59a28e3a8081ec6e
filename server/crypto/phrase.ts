// A recovery phrase: 32 bytes of entropy as 24 words of BIP-39's English list, and back. The last byte's worth of bits is
// a checksum, so most slips of the pen are found, not all. Only the encoding is BIP-39's: its stretching into wallet seeds
// is not used, the bytes themselves are what the words stand for. What they are the seed of is not known here.
import { entropyToMnemonic, mnemonicToEntropy } from '@scure/bip39';
import { wordlist } from '@scure/bip39/wordlists/english.js';
import { requireLength } from './lengths.ts';
import { SecretBytes } from './secret.ts';

export const PHRASE_WORDS = 24;

const ENTROPY_LENGTH = 32;

/** BIP-39: no two words begin with the same four letters, so these are often all that is written down. */
const TELLING_LETTERS = 4;

export type ParsedPhrase =
  | { readonly kind: 'entropy'; readonly entropy: SecretBytes }
  /** Not 24 words. */
  | { readonly kind: 'count'; readonly words: number }
  /** The word with this number, from 1, is not in the list. */
  | { readonly kind: 'unknown'; readonly number: number }
  /** Every word is one of the list, but they are not a phrase: one stands for another, or the order is another. */
  | { readonly kind: 'checksum' };

/** @param entropy 32 bytes. @returns 24 words. */
export function encodePhrase(entropy: Uint8Array): string[] {
  requireLength(entropy, ENTROPY_LENGTH, 'what a recovery phrase stands for');
  // A plain copy: the library takes no subclass.
  return entropyToMnemonic(Uint8Array.from(entropy), wordlist).split(' ');
}

/** Reads words in any case, with any white space between, each in full or at least its first four letters. */
export function parsePhrase(text: string): ParsedPhrase {
  const words = phraseWords(text);
  if (words.length !== PHRASE_WORDS) return { kind: 'count', words: words.length };
  const unknown = words.findIndex((word) => !wordlist.includes(word));
  if (unknown >= 0) return { kind: 'unknown', number: unknown + 1 };
  try {
    return { kind: 'entropy', entropy: new SecretBytes(mnemonicToEntropy(words.join(' '), wordlist)) };
  } catch {
    // Count and words are right by now.
    return { kind: 'checksum' };
  }
}

/** One word as the list spells it, whole where its first four letters or more were given; else as it was given. */
export function phraseWord(text: string): string {
  const word = text.normalize('NFKD').trim().toLowerCase();
  if (word.length < TELLING_LETTERS || wordlist.includes(word)) return word;
  return wordlist.find((each) => each.startsWith(word)) ?? word;
}

function phraseWords(text: string): string[] {
  return text
    .split(/\s+/u)
    .map(phraseWord)
    .filter((word) => word !== '');
}
