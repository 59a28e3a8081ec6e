import { encode, rfc8949EncodeOptions } from 'cborg';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromHex, toHex, utf8 } from '../../crypto/bytes.ts';
import { codeOf } from '../../testing/code-of.ts';
import { booleanField, bytesField, encodeCbor, mapOrNullField, parseCborMap, textField, uintField } from './cbor.ts';
import type { CborRecord, CborValue } from './cbor.ts';
import { CBOR_CONTAINERS } from '../limits.ts';

fc.configureGlobal({ seed: 2 });

const scalar = fc.oneof(
  fc.constant(null),
  fc.boolean(),
  fc.maxSafeInteger(),
  fc.string({ unit: 'grapheme' }),
  fc.uint8Array(),
);
const { value } = fc.letrec<{ value: CborValue; array: CborValue[]; map: CborRecord }>((tie) => ({
  value: fc.oneof({ maxDepth: 3 }, scalar, tie('array'), tie('map')),
  array: fc.array(tie('value'), { maxLength: 4 }),
  map: fc.dictionary(fc.string(), tie('value'), { maxKeys: 5 }),
}));
const record = fc.dictionary(fc.string(), value, { maxKeys: 12 });

describe('CBOR', () => {
  it('comes back as it went', () => {
    fc.assert(
      fc.property(record, (given) => {
        const entries = Object.entries(given);
        const parsed = parseCborMap(encodeCbor(given));
        expect(parsed.size).toBe(entries.length);
        for (const [key, one] of entries) {
          expect(encodeCbor(parsed.get(key) as CborValue)).toEqual(encodeCbor(one));
        }
      }),
    );
  });

  it('is spelt as RFC 8949 §4.2.1 says', () => {
    fc.assert(
      fc.property(record, (given) => {
        expect(encodeCbor(given)).toEqual(new Uint8Array(encode(given, rfc8949EncodeOptions)));
      }),
    );
    const keys = ['a', 'b', 'aa', 'k'.repeat(23), 'k'.repeat(24), 'k'.repeat(256)];
    const reversed = Object.fromEntries(keys.toReversed().map((key) => [key, 0]));
    expect(encodeCbor(reversed)).toEqual(new Uint8Array(encode(reversed, rfc8949EncodeOptions)));
    expect([...parseCborMap(encodeCbor(reversed)).keys()]).toEqual(keys);
  });

  it('has exactly one spelling: what is taken encodes to the same bytes, the rest is refused by code', () => {
    fc.assert(
      fc.property(record, fc.nat(), fc.integer({ min: 1, max: 255 }), (given, place, change) => {
        const bytes = encodeCbor(given);
        bytes[place % bytes.length]! ^= change;
        codeOf(() => expect(encodeCbor(Object.fromEntries(parseCborMap(bytes)) as CborRecord)).toEqual(bytes));
      }),
      { numRuns: 500 },
    );
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => void codeOf(() => parseCborMap(bytes))),
      { numRuns: 500 },
    );
  });

  it.each([
    ['nothing', '', 'cbor-malformed'],
    ['a trailing byte', 'a000', 'cbor-malformed'],
    ['a cut map', 'a16161', 'cbor-malformed'],
    ['a cut text', 'a16361', 'cbor-malformed'],
    ['a key twice', 'a2616101616102', 'cbor-malformed'],
    ['keys out of order', 'a2616201616102', 'cbor-not-canonical'],
    ['a longer key first', 'a262616101616201', 'cbor-not-canonical'],
    ['an integer in more bytes than needed', 'a161611817', 'cbor-malformed'],
    ['a length in more bytes than needed', 'a178016101', 'cbor-malformed'],
    ['a map size in more bytes than needed', 'b801616101', 'cbor-malformed'],
    ['an indefinite map', 'bf616101ff', 'cbor-malformed'],
    ['an indefinite text', 'a161617f6161ff', 'cbor-malformed'],
    ['an indefinite array', 'a161619f01ff', 'cbor-malformed'],
    ['a break for a value', 'a16161ff', 'cbor-malformed'],
    ['a number for a key', 'a10101', 'cbor-malformed'],
    ['a number for a key further in', 'a16161a10101', 'cbor-malformed'],
    ['bytes for a key', 'a1416101', 'cbor-malformed'],
    ['malformed UTF-8', 'a1616161ff', 'cbor-not-canonical'],
    ['a surrogate as UTF-8', 'a1616163eda080', 'cbor-not-canonical'],
    ['a tag', 'a16161c001', 'cbor-malformed'],
    ['undefined', 'a16161f7', 'cbor-malformed'],
    ['another simple value', 'a16161f0', 'cbor-malformed'],
    ['a float', 'a16161f93e00', 'cbor-not-canonical'],
    ['a whole float', 'a16161fa3f800000', 'cbor-not-canonical'],
    ['a NaN', 'a16161f97e00', 'cbor-not-canonical'],
    ['2^53', 'a161611b0020000000000000', 'cbor-malformed'],
    ['-2^53', 'a161613b001fffffffffffff', 'cbor-malformed'],
    ['an array', '80', 'field-type'],
    ['a text', '6161', 'field-type'],
    ['null', 'f6', 'field-type'],
    ['bytes', '4161', 'field-type'],
  ])('refuses %s', (_, hex, code) => {
    expect(codeOf(() => parseCborMap(fromHex(hex)))).toBe(code);
  });

  it('takes the largest integers, and text with a byte order mark as it is', () => {
    const map = parseCborMap(fromHex('a261611b001fffffffffffff61623b001ffffffffffffe'));
    expect([...map.values()]).toEqual([Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER]);
    const text = '\ufeffmarked \ufffd';
    expect(textField(parseCborMap(encodeCbor({ text })), 'text')).toBe(text);
  });

  it('reads keys that mean something to JavaScript as keys', () => {
    const bytes = encodeCbor(JSON.parse('{"__proto__":{"v":2},"constructor":1}') as CborRecord);
    const map = parseCborMap(bytes);
    expect(map.size).toBe(2);
    expect(codeOf(() => uintField(map, 'v'))).toBe('field-missing');
    expect(codeOf(() => uintField(parseCborMap(fromHex('a0')), 'constructor'))).toBe('field-missing');
    const inner = mapOrNullField(map, '__proto__');
    expect(inner && uintField(inner, 'v')).toBe(2);
  });

  it('is bounded in depth and count', () => {
    const nested = (depth: number) => fromHex(`a16161${'81'.repeat(depth - 1)}00`);
    expect(codeOf(() => parseCborMap(nested(CBOR_CONTAINERS)))).toBeNull();
    expect(codeOf(() => parseCborMap(nested(CBOR_CONTAINERS + 1)))).toBe('cbor-too-deep');
    expect(codeOf(() => parseCborMap(nested(500_000)))).toBe('cbor-too-deep');
    expect(codeOf(() => parseCborMap(fromHex('a161619affffffff00')))).toBe('cbor-malformed');
    expect(codeOf(() => parseCborMap(fromHex('a161615affffffff00')))).toBe('cbor-malformed');
  });

  it('is never written with numbers it would refuse', () => {
    for (const number of [0.5, Number.NaN, Infinity, 2 ** 53]) {
      expect(() => encodeCbor({ number })).toThrow('integers');
      expect(() => encodeCbor([{ number }])).toThrow('integers');
    }
    expect(toHex(encodeCbor({ left: undefined, a: -0 }))).toBe('a1616100');
  });

  it('copies bytes out of what it reads', () => {
    const source = Buffer.from(encodeCbor({ bytes: utf8('abc') }));
    const read = bytesField(parseCborMap(source), 'bytes', 3);
    source.fill(0);
    expect(read).toEqual(utf8('abc'));
  });
});

describe('fields', () => {
  const map = parseCborMap(
    encodeCbor({ u: 7, n: -1, b: true, t: 'text', y: utf8('abc'), z: null, m: { u: 1 }, l: [1] }),
  );

  it('are given when they are there and of their type', () => {
    expect(uintField(map, 'u')).toBe(7);
    expect(uintField(map, 'u', 7)).toBe(7);
    expect(booleanField(map, 'b')).toBe(true);
    expect(textField(map, 't')).toBe('text');
    expect(bytesField(map, 'y', 3)).toEqual(utf8('abc'));
    expect(mapOrNullField(map, 'z')).toBeNull();
    expect(mapOrNullField(map, 'm')?.get('u')).toBe(1);
  });

  it.each([
    ['a missing one', () => uintField(map, 'x'), 'field-missing'],
    ['one over its bound', () => uintField(map, 'u', 6), 'field-type'],
    ['a negative one', () => uintField(map, 'n'), 'field-type'],
    ['text for an integer', () => uintField(map, 't'), 'field-type'],
    ['an integer for a boolean', () => booleanField(map, 'u'), 'field-type'],
    ['bytes for text', () => textField(map, 'y'), 'field-type'],
    ['bytes of another length', () => bytesField(map, 'y', 4), 'field-type'],
    ['text for bytes', () => bytesField(map, 't', 4), 'field-type'],
    ['a list for a map', () => mapOrNullField(map, 'l'), 'field-type'],
    ['bytes for a map', () => mapOrNullField(map, 'y'), 'field-type'],
    ['text for a map', () => mapOrNullField(map, 't'), 'field-type'],
    ['null for text', () => textField(map, 'z'), 'field-type'],
  ])('refuse %s', (_, read, code) => {
    expect(codeOf(read)).toBe(code);
  });
});
