import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromHex, utf8 } from '../crypto/bytes.ts';
import { choosePrimitives } from '../crypto/choose.ts';
import { deriveIdentity, parseIdentityPublicKey, parseMasterSeed } from '../crypto/keys.ts';
import { asIdentityKey, asStaticKey } from '../testing/keys.ts';
import { codeOf } from '../testing/code-of.ts';
import { encodeCbor, type CborRecord } from './cbor/cbor.ts';
import { signCertificate, verifyCertificate } from './certificate.ts';
import { encodeHello, parseHello, type Hello } from './hello.ts';
import { HELLO_BYTES } from './limits.ts';
import loom2 from './testdata/loom2-answer.json' with { type: 'json' };

fc.configureGlobal({ seed: 2 });

const primitives = choosePrimitives(undefined);
const ik = parseIdentityPublicKey(fromHex(loom2.identity[0]!.ik))!;
const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const uint = fc.nat({ max: Number.MAX_SAFE_INTEGER });
const u32 = fc.nat({ max: 0xffffffff });
const name = fc.string({ unit: 'grapheme', maxLength: 20 }).map((text) => text.normalize('NFC'));

const hello: fc.Arbitrary<Hello> = fc
  .record(
    {
      device: u32,
      gen: u32,
      cert: bytes(64),
      port: fc.nat({ max: 0xffff }),
      contact: fc.boolean(),
      session: fc.option(fc.record({ id: bytes(16), sent: uint, received: uint })),
      features: uint,
      ratchet: bytes(32),
      name: name.filter((text) => utf8(text).length <= 64),
      invite: bytes(16),
      refused: fc.nat({ max: 255 }),
    },
    { requiredKeys: ['device', 'gen', 'cert', 'port', 'contact', 'session', 'features'] },
  )
  .map((fields) => ({ ...fields, v: 2, ik }));

const plain: Hello = {
  v: 2,
  ik,
  device: 0,
  gen: 0,
  cert: new Uint8Array(64),
  port: 41000,
  contact: true,
  session: null,
  features: 0,
};

/** With one field changed; undefined leaves it out. */
function changed(change: CborRecord): Uint8Array {
  return encodeCbor({ ...plain, session: null, ...change });
}

describe('HELLO', () => {
  it('comes back as it went', () => {
    fc.assert(
      fc.property(hello, (given) => {
        expect(parseHello(encodeHello(given))).toEqual(given);
      }),
    );
  });

  it('refuses by code whatever is not one', () => {
    fc.assert(
      fc.property(hello, fc.nat(), fc.integer({ min: 1, max: 255 }), (given, place, change) => {
        const body = encodeHello(given);
        body[place % body.length]! ^= change;
        codeOf(() => expect(encodeHello(parseHello(body)).length).toBeLessThanOrEqual(body.length));
      }),
      { numRuns: 300 },
    );
    fc.assert(
      fc.property(fc.uint8Array(), (body) => {
        expect(codeOf(() => parseHello(body))).not.toBeNull();
      }),
    );
  });

  it.each([
    ['another version', { v: 3 }, 'hello-version'],
    ['no version', { v: undefined }, 'field-missing'],
    ['a short identity key', { ik: new Uint8Array(31) }, 'field-type'],
    ['an identity key of small order', { ik: new Uint8Array(32) }, 'hello-key'],
    ['a non-canonical identity key', { ik: new Uint8Array(32).fill(255) }, 'hello-key'],
    ['no certificate', { cert: undefined }, 'field-missing'],
    ['a long certificate', { cert: new Uint8Array(65) }, 'field-type'],
    ['a device over u32', { device: 2 ** 32 }, 'field-type'],
    ['a generation over u32', { gen: 2 ** 32 }, 'field-type'],
    ['a negative port', { port: -1 }, 'field-type'],
    ['a port over u16', { port: 65_536 }, 'field-type'],
    ['a number for contact', { contact: 1 }, 'field-type'],
    ['no session', { session: undefined }, 'field-missing'],
    ['a list for a session', { session: [] }, 'field-type'],
    ['a session without id', { session: { sent: 1, received: 1 } }, 'field-missing'],
    ['a session with a short id', { session: { id: new Uint8Array(15), sent: 1, received: 1 } }, 'field-type'],
    ['a session with a negative count', { session: { id: new Uint8Array(16), sent: -1, received: 1 } }, 'field-type'],
    ['features as text', { features: 'all' }, 'field-type'],
    ['a short ratchet key', { ratchet: new Uint8Array(31) }, 'field-type'],
    ['null for a ratchet key', { ratchet: null }, 'field-type'],
    ['a short invite', { invite: new Uint8Array(15) }, 'field-type'],
    ['bytes for a name', { name: utf8('Ada') }, 'field-type'],
    ['a name one byte too long', { name: 'ä'.repeat(256) + 'a' }, 'hello-name'],
    ['a name that is not NFC', { name: 'a\u0308' }, 'hello-name'],
  ] satisfies [string, CborRecord, string][])('refuses %s', (_, change, code) => {
    expect(codeOf(() => parseHello(changed(change)))).toBe(code);
  });

  it('takes every field at its bound, and ignores what it does not know', () => {
    const bound = {
      device: 0xffffffff,
      gen: 0xffffffff,
      port: 0xffff,
      features: Number.MAX_SAFE_INTEGER,
      name: 'ä'.repeat(256),
    };
    expect(parseHello(changed(bound))).toEqual({ ...plain, ...bound });
    expect(parseHello(changed({ later: { list: [1, 2, { deep: true }] } }))).toEqual(plain);
  });

  it('has a size', () => {
    const filled = (size: number) => changed({ later: new Uint8Array(size) });
    const room = HELLO_BYTES - filled(1000).length + 1000;
    expect(codeOf(() => parseHello(filled(room)))).toBeNull();
    expect(codeOf(() => parseHello(filled(room + 1)))).toBe('hello-too-large');
  });

  it('is written with its name in NFC, and not with one too long', () => {
    expect(parseHello(encodeHello({ ...plain, name: 'a\u0308' })).name).toBe('ä');
    expect(() => encodeHello({ ...plain, name: 'a'.repeat(513) })).toThrow('NAME_BYTES');
  });
});

describe('the certificate', () => {
  const claim = (entry: (typeof loom2.identity)[number]) => ({
    staticKey: asStaticKey(fromHex(entry.s)),
    device: 0,
    generation: 0,
  });

  it.each(loom2.identity)('is byte for byte that of the vectors', (entry) => {
    const certificate = fromHex(entry.certificate_device_0_generation_0);
    for (const one of [primitives, choosePrimitives('portable')]) {
      const { identityKey } = deriveIdentity(one, parseMasterSeed(fromHex(entry.master_seed)));
      expect(signCertificate(one, identityKey.privateKey, claim(entry))).toEqual(certificate);
      expect(verifyCertificate(one, asIdentityKey(fromHex(entry.ik)), claim(entry), certificate)).toBe(true);
    }
  });

  it('holds for nothing else', () => {
    const [entry, other] = loom2.identity as [(typeof loom2.identity)[number], (typeof loom2.identity)[number]];
    const certificate = fromHex(entry.certificate_device_0_generation_0);
    const holds = (change: object, key = entry.ik, signature = certificate) =>
      verifyCertificate(primitives, asIdentityKey(fromHex(key)), { ...claim(entry), ...change }, signature);
    expect(holds({})).toBe(true);
    expect(holds({ device: 1 })).toBe(false);
    expect(holds({ generation: 1 })).toBe(false);
    expect(holds({ staticKey: fromHex(other.s) })).toBe(false);
    expect(holds({}, other.ik)).toBe(false);
    expect(holds({}, entry.ik, certificate.subarray(0, 63))).toBe(false);
    // Under the identity point every message has the signature (identity, 0), in libraries that let it pass.
    const identityPoint = Uint8Array.of(1, ...new Uint8Array(31));
    expect(
      verifyCertificate(
        primitives,
        asIdentityKey(identityPoint),
        claim(entry),
        Uint8Array.of(...identityPoint, ...new Uint8Array(32)),
      ),
    ).toBe(false);
  });
});
