import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeText, parseText } from './txt-record.ts';

const n = 'n=AAAAAAAAAAA';
const h = 'h=AAAAAAAAAAAAAAAAAAAAAA';
const parse = (...strings: string[]): ReturnType<typeof parseText> =>
  parseText(strings.map((string) => Buffer.from(string, 'latin1')));

describe('TXT record', () => {
  it('reads back what it writes', () => {
    const bytes = (length: number): fc.Arbitrary<Uint8Array> => fc.uint8Array({ minLength: length, maxLength: length });
    fc.assert(
      fc.property(bytes(8), bytes(16), (nonce, hint) => {
        expect(parseText(encodeText({ nonce, hint }))).toEqual({ nonce, hint });
      }),
    );
  });

  it.each([
    [['v=2', n, h]],
    [[h, 'x=1', n, 'V=2']],
    [['', '=', 'flag', 'v=2', n, h, 'v=3', 'h=']],
    [['v=2', 'N=AAAAAAAAAAA', h, '__proto__=1']],
  ])('takes %j', (strings) => {
    expect(parse(...strings)).toEqual({ nonce: new Uint8Array(8), hint: new Uint8Array(16) });
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

  const token = `LOOM-${'A'.repeat(106)}`;
  const plain = { nonce: new Uint8Array(8), hint: new Uint8Array(16), slots: new Uint8Array(128).fill(7) };

  it('carries slots and a card, each string short enough for DNS', () => {
    const longest = { name: 'ü'.repeat(125), token: `LOOM-${'A'.repeat(240)}` };
    const strings = encodeText({ ...plain, card: longest });
    expect(parseText(strings)).toEqual({ ...plain, card: longest });
    for (const string of strings) expect(string.length).toBeLessThanOrEqual(255);
    expect(parseText(encodeText(plain))).toEqual(plain);
    expect(
      encodeText({ ...plain, card: { name: 'Ann', token } }).reduce((sum, { length }) => sum + 1 + length, 0),
    ).toBeLessThan(500);
  });

  it.each([
    [{ name: '', token }],
    [{ name: 'ü'.repeat(126), token }],
    [{ name: 'u\u0308', token }],
    [{ name: 'Ann', token: 'LOOM-' }],
    [{ name: 'Ann', token: `LOOM-${'A'.repeat(241)}` }],
    [{ name: 'Ann', token: token.toLowerCase() }],
  ])('neither says nor takes the card %j', (card) => {
    expect(() => encodeText({ ...plain, card })).toThrow();
    const strings = [...encodeText(plain), Buffer.from(`name=${card.name}`), Buffer.from(`token=${card.token}`)];
    expect(parseText(strings)).toEqual(plain);
  });

  it('leaves out a name that is no UTF-8, a card by halves, and slots of another length', () => {
    const parts = encodeText(plain);
    const name = Buffer.from([...Buffer.from('name='), 0xc3, 0x28]);
    expect(parseText([...parts, name, Buffer.from(`token=${token}`)])).toEqual(plain);
    expect(parseText([...parts, Buffer.from('name=Ann')])).toEqual(plain);
    const { nonce, hint } = plain;
    expect(parse('v=2', n, h, 's=AAAA')).toEqual({ nonce, hint });
  });
});
