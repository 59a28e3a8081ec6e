import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromHex, toHex, utf8 } from '../../crypto/bytes.ts';
import { parsePresenceKey } from '../../crypto/keys.ts';
import { asPresenceKey } from '../../testing/keys.ts';
import { png } from '../../testing/pictures.ts';
import { codeOf } from '../../testing/code-of.ts';
import { encodeCbor, type CborRecord } from '../cbor/cbor.ts';
import { encodeContent, parseContent, type Content } from './content.ts';
import { CONTENT_BYTES, EDITS, MENTIONS, QUOTE_BYTES, TEXT_BYTES, TIMER_SECONDS, TTL_SECONDS } from '../limits.ts';
import { ABOUT_BYTES, PICTURE_BYTES, PROFILE_NAME_BYTES } from '../limits.ts';
import contents from '../testdata/contents.json' with { type: 'json' };
import introduced from '../testdata/introduce.json' with { type: 'json' };
import loom2 from '../testdata/loom2-answer.json' with { type: 'json' };

fc.configureGlobal({ seed: 2 });

const at = fc.nat({ max: Number.MAX_SAFE_INTEGER });
const seq = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER });
const id = fc.uint8Array({ minLength: 16, maxLength: 16 });
const key = fc.uint8Array({ minLength: 32, maxLength: 32 });
const target = fc.record({ by: key, id });
const body = fc.string({ unit: 'grapheme', minLength: 1 });
const content: fc.Arbitrary<Content> = fc.oneof(
  fc.record(
    {
      ...{ t: fc.constant('text' as const), at, seq, body, re: target, fwd: fc.constant(true as const) },
      quote: fc.string({ maxLength: QUOTE_BYTES }),
      ttl: fc.integer({ min: 1, max: TTL_SECONDS }),
      to: fc.array(key, { maxLength: MENTIONS }),
    },
    { requiredKeys: ['t', 'at', 'seq', 'body'] },
  ),
  fc.record({ t: fc.constant('edit' as const), at, seq, of: id, n: fc.integer({ min: 1, max: EDITS }), body }),
  fc.record({ t: fc.constant('delete' as const), at, seq, of: id }),
  fc.record({ t: fc.constant('react' as const), at, seq, to: target, emoji: fc.constantFrom('', '❤️', '👩‍👩‍👧‍👦') }),
  fc.record({ t: fc.constant('read' as const), at, seq, upto: id }),
  fc.record({
    ...{ t: fc.constant('timer' as const), at, seq },
    after: fc.oneof(fc.constant(0), fc.integer({ min: TIMER_SECONDS, max: TTL_SECONDS })),
  }),
  fc.record(
    {
      ...{ t: fc.constant('profile' as const), at, seq },
      name: fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: PROFILE_NAME_BYTES }),
      about: fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: ABOUT_BYTES }),
      picture: fc
        .nat({ max: PICTURE_BYTES - 33 })
        .map((more) => png(256, 256, { length: 33 + more, fill: more % 256 })),
    },
    { requiredKeys: ['t', 'at', 'seq', 'name'] },
  ),
  fc.record({
    t: fc.constant('introduce' as const),
    at,
    seq,
    ik: fc.uint8Array({ minLength: 32, maxLength: 32 }),
    sk: fc.uint8Array({ minLength: 32, maxLength: 32 }),
    device: fc.nat({ max: 0xffffffff }),
    gen: fc.nat({ max: 0xffffffff }),
    cert: fc.uint8Array({ minLength: 64, maxLength: 64 }),
    name: fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 64 }),
  }),
  fc.record({
    t: fc.constant('presence' as const),
    at,
    seq,
    key: fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => parsePresenceKey(bytes)!),
  }),
);

describe('content', () => {
  it('comes back as it went', () => {
    fc.assert(
      fc.property(content, (given) => {
        expect(parseContent(encodeContent(given))).toEqual(given);
      }),
    );
  });

  it('refuses by code whatever is not content', () => {
    fc.assert(
      fc.property(content, fc.nat(), fc.integer({ min: 1, max: 255 }), (given, place, change) => {
        const bytes = encodeContent(given);
        bytes[place % bytes.length]! ^= change;
        codeOf(() => expect(parseContent(bytes)).not.toEqual(given));
      }),
      { numRuns: 300 },
    );
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(codeOf(() => parseContent(bytes))).not.toBeNull();
      }),
    );
  });

  it.each(loom2.messages)('is byte for byte that of the vector "$text"', ({ text, content: hex }) => {
    const parsed = parseContent(fromHex(hex));
    expect(parsed).toMatchObject({ t: 'text', body: text });
    if (parsed.t === 'text') expect(toHex(encodeContent(parsed))).toBe(hex);
  });

  it.each([
    ['no kind', { t: undefined }, 'field-missing'],
    ['a number for a kind', { t: 1 }, 'field-type'],
    ['a kind of 65 bytes', { t: 'k'.repeat(65) }, 'content-type'],
    ['no time', { at: undefined }, 'field-missing'],
    ['a time before 1970', { at: -1 }, 'field-type'],
    ['no number', { seq: undefined }, 'field-missing'],
    ['number 0', { seq: 0 }, 'content-sequence'],
    ['no text', { body: undefined }, 'field-missing'],
    ['an empty text', { body: '' }, 'text-empty'],
    ['bytes for a text', { body: utf8('one') }, 'field-type'],
    ['a text of one byte too many', { body: 'a'.repeat(TEXT_BYTES + 1) }, 'text-too-large'],
    ['a text of one character too many', { body: '€'.repeat(Math.ceil(TEXT_BYTES / 3)) }, 'text-too-large'],
    ['a presence without key', { t: 'presence' }, 'field-missing'],
    ['a presence with a short key', { t: 'presence', key: asPresenceKey(new Uint8Array(31)) }, 'field-type'],
  ] satisfies [string, CborRecord, string][])('refuses %s', (_, change, code) => {
    expect(codeOf(() => parseContent(encodeCbor({ t: 'text', at: 1, seq: 1, body: 'x', ...change })))).toBe(code);
  });

  const here = { by: new Uint8Array(32), id: new Uint8Array(16) };

  it.each([
    ['an answer to nobody', { re: { id: here.id } }, 'field-missing'],
    ['an answer to a short id', { re: { ...here, id: new Uint8Array(15) } }, 'field-type'],
    ['an answer to a text', { re: 'one' }, 'field-type'],
    ['a quote of one byte too many', { quote: 'a'.repeat(QUOTE_BYTES + 1) }, 'quote-too-large'],
    ['a life of no time', { ttl: 0 }, 'field-type'],
    ['a life of a second too many', { ttl: TTL_SECONDS + 1 }, 'field-type'],
    ['a mention of a short key', { to: [new Uint8Array(31)] }, 'field-type'],
    ['one mention too many', { to: Array.from({ length: MENTIONS + 1 }, () => here.by) }, 'mentions'],
    ['a number for a mark', { fwd: 1 }, 'field-type'],
    ['an edit without a number', { t: 'edit', of: here.id }, 'field-missing'],
    ['edit 0', { t: 'edit', of: here.id, n: 0 }, 'edit-number'],
    ['one edit too many', { t: 'edit', of: here.id, n: EDITS + 1 }, 'edit-number'],
    ['an edit to nothing', { t: 'edit', of: here.id, n: 1, body: '' }, 'text-empty'],
    ['an edit too long', { t: 'edit', of: here.id, n: 1, body: 'a'.repeat(TEXT_BYTES + 1) }, 'text-too-large'],
    ['a deletion of a short id', { t: 'delete', of: new Uint8Array(15) }, 'field-type'],
    ['a reaction to nothing', { t: 'react', emoji: '❤️' }, 'field-missing'],
    ['a reaction too long', { t: 'react', to: here, emoji: 'a'.repeat(33) }, 'emoji-too-large'],
    ['a timer of no time', { t: 'timer' }, 'field-missing'],
    ['a timer of less than a minute', { t: 'timer', after: TIMER_SECONDS - 1 }, 'timer-seconds'],
    ['a timer of a second too many', { t: 'timer', after: TTL_SECONDS + 1 }, 'field-type'],
    ['a receipt without an id', { t: 'read' }, 'field-missing'],
  ] satisfies [string, CborRecord, string][])('refuses %s', (_, change, code) => {
    expect(codeOf(() => parseContent(encodeCbor({ t: 'text', at: 1, seq: 1, body: 'x', ...change })))).toBe(code);
  });

  it.each([
    ['no name', { name: undefined }, 'field-missing'],
    ['an empty name', { name: '' }, 'profile-name'],
    ['a name of one byte too many', { name: 'n'.repeat(PROFILE_NAME_BYTES + 1) }, 'profile-name'],
    ['an empty line', { about: '' }, 'profile-about'],
    ['a line of one byte too many', { about: 'a'.repeat(ABOUT_BYTES + 1) }, 'profile-about'],
    ['a line of one character too many', { about: '€'.repeat(Math.ceil(ABOUT_BYTES / 3)) }, 'profile-about'],
    ['bytes for a line', { about: utf8('one') }, 'field-type'],
    ['a text for a picture', { picture: 'one' }, 'field-type'],
    ['a picture of nothing', { picture: new Uint8Array(0) }, 'picture-type'],
    ['a picture of one byte too many', { picture: png(9, 9, { length: PICTURE_BYTES + 1 }) }, 'picture-too-large'],
    ['a GIF', { picture: utf8('GIF89a and more') }, 'picture-type'],
    ['an SVG', { picture: utf8('<svg xmlns="http://www.w3.org/2000/svg"/>') }, 'picture-type'],
  ] satisfies [string, CborRecord, string][])('refuses a profile with %s', (_, change, code) => {
    expect(codeOf(() => parseContent(encodeCbor({ t: 'profile', at: 1, seq: 1, name: 'Zoë', ...change })))).toBe(code);
  });

  it('takes JPEG, PNG and WebP up to the bound', () => {
    const pictures = [
      png(1, 1, { length: PICTURE_BYTES }),
      Uint8Array.of(0xff, 0xd8, 0xff),
      utf8('RIFF\0\0\0\0WEBPVP8 '),
    ];
    for (const picture of pictures) {
      const given = { t: 'profile', at: 0, seq: 1, name: 'n'.repeat(PROFILE_NAME_BYTES), picture } as const;
      expect(parseContent(encodeContent(given))).toEqual(given);
    }
  });

  it('has room for the longest text with everything beside it', () => {
    const to = Array.from({ length: MENTIONS }, () => here.by);
    const most = { t: 'text', at: 2 ** 53 - 1, seq: 2 ** 53 - 1, body: 'a'.repeat(TEXT_BYTES), re: here } as const;
    const given = { ...most, quote: 'a'.repeat(QUOTE_BYTES), fwd: true, ttl: TTL_SECONDS, to } as const;
    expect(encodeContent(given).length).toBeLessThanOrEqual(CONTENT_BYTES);
    expect(parseContent(encodeContent(given))).toEqual(given);
  });

  const keys = { ik: new Uint8Array(32), sk: new Uint8Array(32), device: 0, gen: 0, cert: new Uint8Array(64) };

  it.each([
    ['no certificate', { cert: undefined }, 'field-missing'],
    ['a certificate of 65 bytes', { cert: new Uint8Array(65) }, 'field-type'],
    ['no generation', { gen: undefined }, 'field-missing'],
    ['a generation over 32 bits', { gen: 2 ** 32 }, 'field-type'],
    ['no device', { device: undefined }, 'field-missing'],
    ['a device over 32 bits', { device: 2 ** 32 }, 'field-type'],
    ['a short static key', { sk: new Uint8Array(31) }, 'field-type'],
    ['no name', { name: '' }, 'introduce-name'],
    ['a name of 513 bytes', { name: 'n'.repeat(513) }, 'introduce-name'],
  ] satisfies [string, CborRecord, string][])('refuses an introduction with %s', (_, change, code) => {
    const introduction = { t: 'introduce', at: 1, seq: 1, ...keys, name: 'Carl', ...change };
    expect(codeOf(() => parseContent(encodeCbor(introduction)))).toBe(code);
  });

  it('has an introduction with the certificate of a vector', () => {
    const { ik, s, certificate_device_0_generation_0: cert } = loom2.identity[0]!;
    const { at, seq, name, content: hex } = introduced;
    const given: Content = {
      ...{ t: 'introduce', at, seq, name, device: 0, gen: 0 },
      ...{ ik: fromHex(ik), sk: fromHex(s), cert: fromHex(cert) },
    };
    expect(toHex(encodeContent(given))).toBe(hex);
    expect(parseContent(fromHex(hex))).toEqual(given);
  });

  it('takes the longest text, one that begins with a byte order mark, and the key of any kind', () => {
    for (const body of ['a'.repeat(TEXT_BYTES), '€'.repeat(Math.floor(TEXT_BYTES / 3)), '\ufeffmarked', '\u0000']) {
      const given = { t: 'text', at: 0, seq: 1, body } as const;
      expect(parseContent(encodeContent(given))).toEqual(given);
    }
  });

  it('names kinds it does not know, whatever else they carry', () => {
    const later = encodeCbor({ t: 'waltz', at: 5, seq: 9, body: 7, to: new Uint8Array(16) });
    expect(parseContent(later)).toEqual({ t: 'unknown', name: 'waltz', at: 5, seq: 9 });
    expect(parseContent(encodeCbor({ t: '__proto__', at: 5, seq: 9 }))).toMatchObject({
      t: 'unknown',
      name: '__proto__',
    });
  });

  it('is not composed out of bounds', () => {
    const text = { t: 'text', at: 0, seq: 1, body: 'x' } as const;
    expect(() => encodeContent({ ...text, body: '' })).toThrow('1 to TEXT_BYTES');
    expect(() => encodeContent({ ...text, body: 'a'.repeat(TEXT_BYTES + 1) })).toThrow('1 to TEXT_BYTES');
    expect(() => encodeContent({ ...text, seq: 0 })).toThrow('time or number');
    expect(() => encodeContent({ ...text, at: -1 })).toThrow('time or number');
    expect(() => encodeContent({ ...text, quote: 'a'.repeat(QUOTE_BYTES + 1) })).toThrow('quote-too-large');
    expect(() => encodeContent({ ...text, ttl: TTL_SECONDS + 1 })).toThrow('TTL_SECONDS');
    expect(() => encodeContent({ ...text, to: Array.from({ length: MENTIONS + 1 }, () => here.by) })).toThrow(
      'MENTIONS',
    );
    expect(() => encodeContent({ t: 'edit', at: 0, seq: 1, of: here.id, n: EDITS + 1, body: 'x' })).toThrow('EDITS');
    expect(() => encodeContent({ t: 'delete', at: 0, seq: 1, of: here.by })).toThrow('16 bytes');
    expect(() => encodeContent({ t: 'timer', at: 0, seq: 1, after: TTL_SECONDS + 1 })).toThrow('TTL_SECONDS');
    const profile = { t: 'profile', at: 0, seq: 1, name: 'Zoë' } as const;
    expect(() => encodeContent({ ...profile, name: '' })).toThrow('profile-name');
    expect(() => encodeContent({ ...profile, about: '' })).toThrow('profile-about');
    expect(() => encodeContent({ ...profile, picture: utf8('GIF89a') })).toThrow('picture-type');
    const introduction = { t: 'introduce', at: 0, seq: 1, ...keys, name: 'Carl' } as const;
    expect(() => encodeContent({ ...introduction, cert: new Uint8Array(63) })).toThrow('64 bytes');
    expect(() => encodeContent({ t: 'presence', at: 0, seq: 1, key: asPresenceKey(new Uint8Array(31)) })).toThrow(
      '32 bytes',
    );
  });

  it('is, of texts and acts, what an independent implementation encodes', () => {
    for (const { given, content: hex } of contents.contents) {
      const bytes = Buffer.from(hex, 'hex');
      const parsed = parseContent(bytes);
      expect(parsed).toEqual(withBytes(given));
      expect(encodeContent(parsed as Content)).toEqual(Uint8Array.from(bytes));
    }
  });
});

/** Of `{ hex }` the bytes. */
function withBytes(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withBytes);
  if (typeof value !== 'object' || value === null) return value;
  if ('hex' in value) return Uint8Array.from(Buffer.from(String(value.hex), 'hex'));
  return Object.fromEntries(Object.entries(value).map(([key, part]: [string, unknown]) => [key, withBytes(part)]));
}
