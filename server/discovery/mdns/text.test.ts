import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeText, parseText } from './text.ts';

const n = 'n=AAAAAAAAAAA';
const h = 'h=AAAAAAAAAAAAAAAAAAAAAA';
const parse = (...strings: string[]): ReturnType<typeof parseText> =>
  parseText(strings.map((string) => Buffer.from(string, 'latin1')));

describe('TXT record', () => {
  it('reads back what it writes', () => {
    const bytes = (length: number): fc.Arbitrary<Uint8Array> => fc.uint8Array({ minLength: length, maxLength: length });
    fc.assert(
      fc.property(bytes(8), bytes(16), (nonce, hash) => {
        expect(parseText(encodeText({ nonce, hash }))).toEqual({ nonce, hash });
      }),
    );
  });

  it.each([
    [['v=2', n, h]],
    [[h, 'x=1', n, 'V=2']],
    [['', '=', 'flag', 'v=2', n, h, 'v=3', 'h=']],
    [['v=2', 'N=AAAAAAAAAAA', h, '__proto__=1']],
  ])('takes %j', (strings) => {
    expect(parse(...strings)).toEqual({ nonce: new Uint8Array(8), hash: new Uint8Array(16) });
  });

  it.each([
    [[]],
    [['v=2']],
    [['v=2', n]],
    [['v=2', h]],
    [[n, h]],
    [['v=1', n, h]],
    [['v=22', n, h]],
    [['v=3', 'v=2', n, h]],
    [['v=2', `${n}A`, h]],
    [['v=2', 'n=AAAAAAAAAAB', h]],
    [['v=2', 'n=AAAAAAAAAAA=', h]],
    [['v=2', 'n=AAAAAAAA+AA', h]],
    [['v=2', n, 'h=AAAAAAAAAAAAAAAAAAAAA']],
    [['v=2', n, 'h=AAAAAAAAAAAAAAAAAAAAAB']],
    [['v=2', n, 'h=\xff\xff']],
  ])('refuses %j', (strings) => {
    expect(parse(...strings)).toBeNull();
  });
});
