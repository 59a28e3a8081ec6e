import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromHex, toHex } from './bytes.ts';
import { encodePhrase, parsePhrase, PHRASE_WORDS } from './phrase.ts';

/** https://github.com/trezor/python-mnemonic vectors.json, those of 32 bytes. */
const vectors = [
  ['0000000000000000000000000000000000000000000000000000000000000000', `${'abandon '.repeat(23)}art`],
  [
    '7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f',
    'legal winner thank year wave sausage worth useful legal winner thank year wave sausage worth useful legal winner thank year wave sausage worth title',
  ],
  ['ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff', `${'zoo '.repeat(23)}vote`],
  [
    '68a79eaca2324873eacc50cb9c6eca8cc68ea5d936f98787c60c7ebc74e6ce7c',
    'hamster diagram private dutch cause delay private meat slide toddler razor book happy fancy gospel tennis maple dilemma loan word shrug inflict delay length',
  ],
  [
    'f585c11aec520db57dd353c69554b21a89b20fb0650966fa0a9d6f74fd989d8f',
    'void come effort suffer camp survey warrior heavy shoot primary clutch crush open amazing screen patrol group space point ten exist slush involve unfold',
  ],
] as const;

const seeds = fc.uint8Array({ minLength: 32, maxLength: 32 });

describe('a recovery phrase', () => {
  it.each(vectors)('spells %s as the published vectors do', (hex, words) => {
    expect(encodePhrase(fromHex(hex)).join(' ')).toBe(words);
    const parsed = parsePhrase(words);
    expect(parsed.kind === 'entropy' && toHex(parsed.entropy)).toBe(hex);
  });

  it('comes back from any 32 bytes, however it is written down', () => {
    fc.assert(
      fc.property(seeds, fc.constantFrom(' ', '\n', ' \t ', '\r\n', '\u00a0'), fc.boolean(), (seed, gap, loud) => {
        const text = encodePhrase(seed).join(gap);
        const parsed = parsePhrase(`  ${loud ? text.toUpperCase() : text}\n`);
        expect(parsed.kind === 'entropy' && toHex(parsed.entropy)).toBe(toHex(seed));
      }),
      { numRuns: 50 },
    );
  });

  it('says which word is unknown, before it says that they do not fit together', () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 0, max: PHRASE_WORDS - 1 }), (seed, at) => {
        const words = encodePhrase(seed).with(at, 'loomm');
        expect(parsePhrase(words.join(' '))).toEqual({ kind: 'unknown', number: at + 1 });
      }),
      { numRuns: 50 },
    );
  });

  it('says how many words there are when there are not 24', () => {
    expect(parsePhrase('')).toEqual({ kind: 'count', words: 0 });
    expect(parsePhrase('abandon '.repeat(12))).toEqual({ kind: 'count', words: 12 });
    expect(parsePhrase('abandon '.repeat(25))).toEqual({ kind: 'count', words: 25 });
  });

  it('refuses words that are no phrase together', () => {
    expect(parsePhrase('abandon '.repeat(24))).toEqual({ kind: 'checksum' });
    expect(parsePhrase(`${'abandon '.repeat(22)}art abandon`)).toEqual({ kind: 'checksum' });
  });

  it('prints nothing of what it opened, and takes 32 bytes only', () => {
    const parsed = parsePhrase(vectors[2][1]);
    expect(JSON.stringify(parsed)).toBe('{"kind":"entropy","entropy":"[redacted]"}');
    expect(() => encodePhrase(new Uint8Array(16))).toThrow('32');
  });
});
