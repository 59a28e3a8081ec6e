import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CommandError } from '../../contract/errors.ts';
import { toHex } from '../../crypto/bytes.ts';
import { choosePrimitives } from '../../crypto/choose.ts';
import { deriveIdentity, parseMasterSeed, type IdentityPublicKey } from '../../crypto/keys.ts';
import { signCertificate } from '../../protocol/certificate.ts';
import type { Endpoint } from '../../protocol/endpoint.ts';
import { encodeToken } from '../../protocol/token.ts';
import { readToken } from './read-token.ts';

const primitives = choosePrimitives(undefined);
const keys = (seed: number) => deriveIdentity(primitives, parseMasterSeed(new Uint8Array(32).fill(seed)));

function cardOf(seed: number): string {
  const { identityKey, staticKey } = keys(seed);
  return encodeToken(primitives, { version: 1, identityKey: identityKey.publicKey, staticKey: staticKey.publicKey });
}

function inviteOf(seed: number, endpoints: readonly Endpoint[]): string {
  const { identityKey, staticKey } = keys(seed);
  const claim = { staticKey: staticKey.publicKey, device: 0, generation: 0 };
  const certificate = signCertificate(primitives, identityKey.privateKey, claim);
  const rest = { secret: new Uint8Array(16).fill(seed), expiry: 0, endpoints };
  return encodeToken(primitives, { version: 2, identityKey: identityKey.publicKey, ...claim, certificate, ...rest });
}

const v4 = { host: '192.168.1.20', port: 4711 };
const v6 = { host: '2001:db8::1', port: 4711 };
const tokens = [
  cardOf(1),
  inviteOf(1, []),
  inviteOf(1, [v4, v6]),
  inviteOf(
    1,
    Array.from({ length: 8 }, () => v6),
  ),
];
const bob = toHex(keys(1).identityKey.publicKey);

const wrapped = (token: string, width: number, by: string): string =>
  (token.match(new RegExp(`.{1,${width}}`, 'g')) ?? []).join(by);
const read = (text: string, ours?: IdentityPublicKey): string => toHex(readToken(primitives, text, ours).identityKey);
function refusal(text: string): string {
  try {
    read(text);
    return 'none';
  } catch (error) {
    if (error instanceof CommandError) return error.code;
    throw error;
  }
}

describe('a token', () => {
  it('is read wrapped at any width, in any quoting, between any words', () => {
    const breaks = fc.constantFrom(
      '\n',
      '\r\n',
      '\n> ',
      '\n> > ',
      '\n| ',
      '=\r\n',
      ' ',
      '\u2028',
      '\u200b',
      '\u00ad',
      '\n\n',
      '> ',
    );
    const before = fc.constantFrom(
      '',
      'Hi Ann,\n\n',
      '> ',
      'here: ',
      'loom:',
      'http://127.0.0.1:7467/#invite=',
      '<',
      '“',
      '\ufeff',
      'The LOOM-token: ',
    );
    const after = fc.constantFrom(
      '',
      '\n\nThanks\nBob',
      '\nBOB',
      ' thanks',
      '>',
      '.',
      '”',
      '\n-- \nBob',
      '&x=1',
      '\u2069',
      '!',
    );
    fc.assert(
      fc.property(
        fc.constantFrom(...tokens),
        fc.integer({ min: 1, max: 140 }),
        breaks,
        before,
        after,
        fc.boolean(),
        (token, width, by, start, end, loud) => {
          const text = start + wrapped(loud ? token : token.toLowerCase(), width, by) + end;
          expect(read(text)).toBe(bob);
        },
      ),
      { numRuns: 1000, seed: 14 },
    );
  });

  it('is read with a hyphen that programs make of ours', () => {
    for (const token of tokens)
      for (const hyphen of '\u2010\u2011\u2013\u2212\uff0d') expect(read(token.replace('-', hyphen))).toBe(bob);
  });

  it('is the one of the other in a reply that quotes our own', () => {
    const ours = keys(2).identityKey.publicKey;
    const reply = `On Monday Ann wrote:\n> ${wrapped(cardOf(2), 70, '\n> ')}\n\nHere is mine: ${tokens[0] ?? ''}`;
    expect(read(reply, ours)).toBe(bob);
    expect(read(cardOf(2), ours)).toBe(toHex(ours));
  });

  it('that was cut off is not made up from the words behind it', () => {
    for (const token of tokens) {
      for (const cut of [1, 2, 3, 5, 20])
        expect(refusal(`${token.slice(0, -cut)}\n\nThanks\nBob`)).toBe('token-length');
    }
  });

  it.each([
    ['', 'token-prefix'],
    ['hello', 'token-prefix'],
    ['LOOM-', 'token-length'],
    [`LOOM-${'A'.repeat(20)}`, 'token-version'],
    [(tokens[0] ?? '').replace('LOOM-A', 'LOOM-B'), 'token-version'],
    [(tokens[0] ?? '').replace(/A(?=.{20}$)|B(?=.{30}$)|.(?=.{20}$)/, '0'), 'token-encoding'],
    [`${(tokens[0] ?? '').slice(0, -1)}${(tokens[0] ?? '').endsWith('Q') ? 'A' : 'Q'}`, 'token-checksum'],
  ])('%j is refused as %s', (text, code) => expect(refusal(text)).toBe(code));
});
