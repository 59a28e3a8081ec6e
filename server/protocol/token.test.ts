import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeBase32, parseBase32 } from '../crypto/base32.ts';
import { concat, fromHex, toHex, utf8 } from '../crypto/bytes.ts';
import { choosePrimitives } from '../crypto/choose.ts';
import { deriveIdentity, parseMasterSeed } from '../crypto/keys.ts';
import { codeOf } from '../testing/code-of.ts';
import { seededRandom } from '../testing/seeded-random.ts';
import { sharedVectors } from '../testing/shared-vectors.ts';
import { signCertificate } from './certificate.ts';
import { encodeEndpoint, readEndpoint } from './endpoint.ts';
import { INVITE_NAME_BYTES } from './limits.ts';
import loom2 from './testdata/loom2-answer.json' with { type: 'json' };
import { encodeToken, parseToken, type CardToken, type InviteToken } from './token.ts';

fc.configureGlobal({ seed: 2 });

const primitives = choosePrimitives(undefined);
const [first] = loom2.identity as [(typeof loom2.identity)[number]];
const text = first.token_v1;
const invite = loom2.token_v2.token;
const parse = (token: string) => parseToken(primitives, token);
const code = (token: string) => codeOf(() => parse(token));

function bytesOf(token: string): Uint8Array {
  return parseBase32(token.slice('LOOM-'.length))!;
}

/** A token of these bytes, its last `checksum` bytes made right. */
function tokenOf(bytes: Uint8Array, checksum: number): string {
  const body = bytes.subarray(0, bytes.length - checksum);
  return `LOOM-${encodeBase32(concat(body, primitives.blake2b512(body).subarray(0, checksum)))}`;
}

function identity(seed: Uint8Array) {
  const { identityKey, staticKey } = deriveIdentity(primitives, parseMasterSeed(seed));
  return { privateKey: identityKey.privateKey, identityKey: identityKey.publicKey, staticKey: staticKey.publicKey };
}

function makeCard(seed: Uint8Array): CardToken {
  const { identityKey, staticKey } = identity(seed);
  return { version: 1, identityKey, staticKey };
}

function makeInvite(seed: Uint8Array, rest: Partial<InviteToken>): InviteToken {
  const { privateKey, identityKey, staticKey } = identity(seed);
  const claim = { staticKey, device: rest.device ?? 0, generation: rest.generation ?? 0 };
  return {
    version: 2,
    identityKey,
    ...claim,
    certificate: signCertificate(primitives, privateKey, claim),
    secret: new Uint8Array(16),
    expiry: 0,
    endpoints: [],
    ...rest,
  };
}

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const u32 = fc.nat({ max: 0xffffffff });
const endpoint = fc.record({ host: fc.oneof(fc.ipV4(), fc.ipV6()), port: fc.integer({ min: 1, max: 0xffff }) });

describe('version 1', () => {
  it.each(loom2.identity)('is byte for byte that of the vectors', ({ master_seed, ik, s, token_v1 }) => {
    expect(encodeToken(primitives, makeCard(fromHex(master_seed)))).toBe(token_v1);
    const token = parse(token_v1);
    expect(token.version).toBe(1);
    expect([toHex(token.identityKey), toHex(token.staticKey)]).toEqual([ik, s]);
    expect(parseToken(choosePrimitives('portable'), token_v1)).toEqual(token);
  });

  it('comes back as it went', () => {
    fc.assert(
      fc.property(bytes(32), (seed) => {
        const card = makeCard(seed);
        expect(parse(encodeToken(primitives, card))).toEqual(card);
      }),
      { numRuns: 30 },
    );
  });

  it('forgives white space around it and lower case, and nothing else', () => {
    for (const written of [` \t\n${text}\r\n `, text.toLowerCase(), `\u00a0${text}\ufeff`])
      expect(parse(written)).toEqual(parse(text));
    expect(code(text.replace('-', ' -'))).toBe('token-prefix');
    expect(code(`${text.slice(0, 40)} ${text.slice(40)}`)).toBe('token-encoding');
    expect(code(`${text}=`)).toBe('token-encoding');
  });

  it.each([
    ['', 'token-prefix'],
    ['hello', 'token-prefix'],
    ['LOOM', 'token-prefix'],
    [text.slice(5), 'token-prefix'],
    [`MOOL-${text.slice(5)}`, 'token-prefix'],
    [`LOOM_${text.slice(5)}`, 'token-prefix'],
    ['LOOM-', 'token-length'],
    ['LOOM-AH', 'token-length'],
    ['LOOM-AHAUPTFR', 'token-length'],
    [text.slice(0, -1), 'token-length'],
    [text.slice(0, -2), 'token-length'],
    [text.slice(0, -3), 'token-length'],
    [`${text}A`, 'token-length'],
    [text + text.slice(5), 'token-length'],
    [text.replace('A', '1'), 'token-encoding'],
    [text.replace('A', '0'), 'token-encoding'],
    [text.replace('S', '\u017f'), 'token-encoding'],
    [text.replace('A', 'Ä'), 'token-encoding'],
    [text.replace('LOOM-A', 'LOOM-B'), 'token-version'],
    [tokenOf(concat(Uint8Array.of(3), bytesOf(text).subarray(1)), 1), 'token-version'],
    [tokenOf(concat(Uint8Array.of(0), bytesOf(text).subarray(1)), 1), 'token-version'],
  ])('%s is refused: %s', (written, expected) => {
    expect(code(written)).toBe(expected);
  });

  it('refuses bits set behind its last byte: one card, one spelling', () => {
    const last = text.at(-1)!;
    const next = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'['ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(last) + 1]!;
    expect(code(text.slice(0, -1) + next)).toBe('token-encoding');
  });

  it('refuses any changed byte', () => {
    const original = bytesOf(text);
    for (let i = 1; i < original.length; i += 1) {
      const changed = new Uint8Array(original);
      changed[i]! ^= 4;
      expect(code(`LOOM-${encodeBase32(changed)}`), `byte ${i}`).toBe('token-checksum');
    }
  });

  it('refuses keys of small order and keys that are none, however well spelt', () => {
    const bad = (at: number, key: Uint8Array) => {
      const changed = bytesOf(text);
      changed.set(key, at);
      return code(tokenOf(changed, 1));
    };
    const one = Uint8Array.of(1, ...new Uint8Array(31));
    expect(bad(1, one)).toBe('token-key');
    expect(bad(1, new Uint8Array(32))).toBe('token-key');
    expect(bad(1, new Uint8Array(32).fill(255))).toBe('token-key');
    expect(bad(33, new Uint8Array(32))).toBe('token-key');
    expect(bad(33, one)).toBe('token-key');
    expect(bad(33, fromHex('e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800'))).toBe('token-key');
  });
});

describe('version 2', () => {
  const { of, secret, expiry, endpoints } = loom2.token_v2;
  const owner = loom2.identity[of]!;

  it('is byte for byte that of the vectors', () => {
    const token = makeInvite(fromHex(owner.master_seed), {
      secret: fromHex(secret),
      expiry,
      endpoints: endpoints.map(({ ip, port }) => ({ host: ip, port })),
    });
    expect(encodeToken(primitives, token)).toBe(invite);
    const shown = [
      { host: '192.168.1.20', port: 41000 },
      { host: 'fe80::1', port: 41001 },
    ];
    expect(parse(invite)).toEqual({ ...token, endpoints: shown });
    expect(toHex(token.certificate)).toBe(owner.certificate_device_0_generation_0);
  });

  it('comes back as it went', () => {
    const rest = fc.record({
      device: u32,
      generation: u32,
      secret: bytes(16),
      expiry: u32,
      endpoints: fc.array(endpoint, { maxLength: 8 }),
    });
    const named = fc.string({ minLength: 1, maxLength: 16, unit: 'binary' }).map((name) => name.normalize('NFC'));
    const fitting = named.filter((name) => utf8(name).length <= INVITE_NAME_BYTES);
    const withName = fc.option(
      fitting.map((name) => ({ name })),
      { nil: {} },
    );
    fc.assert(
      fc.property(bytes(32), rest, withName, (seed, fields, name) => {
        const given = makeInvite(seed, { ...fields, ...name });
        const token = parse(encodeToken(primitives, given));
        expect(encodeToken(primitives, token)).toBe(encodeToken(primitives, given));
        expect({ ...token, endpoints: [] }).toEqual({ ...given, endpoints: [] });
      }),
      { numRuns: 30 },
    );
  });

  it('comes back with nothing in it, whatever its checksum begins with', () => {
    // One checksum in 256 looks like the beginning of a name.
    for (let expiry = 0; expiry < 1500; expiry += 1) {
      const token = {
        ...makeInvite(new Uint8Array(32), {
          device: 0,
          generation: 0,
          secret: new Uint8Array(16),
          expiry,
          endpoints: [],
        }),
      };
      expect(parse(encodeToken(primitives, token)), `expiry ${expiry}`).toMatchObject({ expiry });
    }
  });

  it('refuses any changed byte', () => {
    const original = bytesOf(invite);
    for (let i = 1; i < original.length; i += 1) {
      const changed = new Uint8Array(original);
      changed[i]! ^= 1;
      expect(code(`LOOM-${encodeBase32(changed)}`), `byte ${i}`).toMatch(/^token-(checksum|length)$/);
    }
  });

  it('names what is wrong', () => {
    const original = bytesOf(invite);
    const countAt = 157;
    const end = original.length - 4;
    const altered = (change: (changed: Uint8Array) => Uint8Array) => code(tokenOf(change(new Uint8Array(original)), 4));
    const set = (at: number, ...values: number[]) =>
      altered((changed) => {
        changed.set(values, at);
        return changed;
      });
    expect(set(countAt, 9)).toBe('token-length');
    expect(set(countAt, 1)).toBe('token-length');
    expect(set(countAt, 3)).toBe('token-length');
    expect(set(countAt + 1, 5)).toBe('token-length');
    expect(set(countAt + 6, 0, 0)).toBe('token-length');
    expect(altered((changed) => concat(changed.subarray(0, end), new Uint8Array(5)))).toBe('token-length');
    expect(altered((changed) => changed.subarray(0, 161))).toBe('token-length');
    expect(code(invite.slice(0, -8))).toBe('token-length');
    expect(code(invite.slice(0, 100))).toBe('token-length');
    for (let cut = 1; cut < 8; cut += 1) {
      expect(['token-length', 'token-encoding']).toContain(code(invite.slice(0, -cut)));
    }
  });

  it('may name its maker, within bounds, and before the endpoints alone', () => {
    const endpoints = Array.from({ length: 8 }, (_, at) => ({ host: `10.0.0.${at}`, port: 1 }));
    const longest = makeInvite(new Uint8Array(32), { name: 'é'.repeat(INVITE_NAME_BYTES / 2), endpoints });
    expect(parse(encodeToken(primitives, longest))).toEqual(longest);
    for (const name of ['', 'x'.repeat(INVITE_NAME_BYTES + 1), 'e\u0301'])
      expect(() => encodeToken(primitives, { ...longest, name })).toThrow();
    const plain = bytesOf(encodeToken(primitives, makeInvite(new Uint8Array(32), {})));
    const withFields = (...fields: number[][]) => {
      const body = concat(plain.subarray(0, 157), Uint8Array.of(fields.length, ...fields.flat()), new Uint8Array(4));
      return code(tokenOf(body, 4));
    };
    const [name, place] = [
      [1, 1, 0x41],
      [4, 10, 0, 0, 1, 0, 1],
    ];
    expect([withFields(name), withFields(name, place)]).toEqual([null, null]);
    const tooLong = [1, 65, ...new Array<number>(65).fill(0x41)];
    for (const bad of [[1, 0], [1, 1, 0xff], [1, 3, 0x65, 0xcc, 0x81], tooLong, [1, 9, 0x41]])
      expect(withFields(bad), bad.slice(0, 5).join()).toBe('token-length');
    expect(withFields(place, name)).toBe('token-length');
    expect(withFields(name, name)).toBe('token-length');
    expect(withFields(...new Array<number[]>(9).fill(place))).toBe('token-length');
  });

  it('refuses a certificate that does not hold, and bad keys', () => {
    const change = (at: number) => {
      const changed = bytesOf(invite);
      changed[at]! ^= 1;
      return code(tokenOf(changed, 4));
    };
    expect(change(68)).toBe('token-key'); // device
    expect(change(72)).toBe('token-key'); // generation
    expect(change(73)).toBe('token-key'); // certificate
    expect(change(34)).toBe('token-key'); // static key
    expect(change(137)).toBeNull(); // secret
    expect(change(156)).toBeNull(); // expiry
  });

  it('holds at most 8 endpoints, which are addresses', () => {
    const seed = fromHex(owner.master_seed);
    const some = (count: number) =>
      new Array(count).fill({ host: '10.0.0.1', port: 1 }) as { host: string; port: number }[];
    expect(parse(encodeToken(primitives, makeInvite(seed, { endpoints: some(8) })))).toMatchObject({
      endpoints: some(8),
    });
    expect(() => encodeToken(primitives, makeInvite(seed, { endpoints: some(9) }))).toThrow('out of bounds');
    expect(() => encodeToken(primitives, makeInvite(seed, { secret: new Uint8Array(15) }))).toThrow('out of bounds');
  });
});

describe('any text', () => {
  it('is a token or refused by a token code', () => {
    const base32 = fc.stringMatching(/^[A-Z2-7]{0,520}$/);
    fc.assert(
      fc.property(fc.oneof(fc.string(), base32), fc.constantFrom('', 'LOOM-', 'LOOM-AE', 'LOOM-AI'), (tail, head) => {
        expect(code(head + tail)).toMatch(/^token-/);
      }),
      { numRuns: 500 },
    );
    const random = seededRandom('bytes');
    for (const version of [1, 2]) {
      for (let length = 1; length < 330; length += 1) {
        expect(code(`LOOM-${encodeBase32(concat(Uint8Array.of(version), random(length)))}`)).toMatch(/^token-/);
      }
    }
  });
});

describe('endpoints', () => {
  const roundTrip = (host: string) => readEndpoint(encodeEndpoint({ host, port: 80 }), 0)?.endpoint.host;

  it.each([
    ['0.0.0.0', '0.0.0.0'],
    ['255.1.2.3', '255.1.2.3'],
    ['::', '::'],
    ['0:0:0:0:0:0:0:1', '::1'],
    ['2001:DB8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
  ])('%s is shown as %s', (given, shown) => {
    expect(roundTrip(given)).toBe(shown);
  });

  it('say the same after a round trip', () => {
    fc.assert(
      fc.property(endpoint, (given) => {
        const encoded = encodeEndpoint(given);
        const read = readEndpoint(encoded, 0)!;
        expect(read.end).toBe(encoded.length);
        expect(encodeEndpoint(read.endpoint)).toEqual(encoded);
        for (let length = 0; length < encoded.length; length += 1)
          expect(readEndpoint(encoded.subarray(0, length), 0)).toBeNull();
      }),
    );
  });

  it.each(['localhost', '10.1', '010.0.0.1', 'fe80::1%eth0', '[::1]', '', '1.2.3.4:5'])('are no %s', (host) => {
    expect(() => encodeEndpoint({ host, port: 80 })).toThrow('IP address');
  });

  it('have a port', () => {
    for (const port of [0, 65_536, 1.5, -1]) expect(() => encodeEndpoint({ host: '10.0.0.1', port })).toThrow('a port');
    expect(readEndpoint(Uint8Array.of(4, 10, 0, 0, 1, 0, 0), 0)).toBeNull();
  });
});

it('the vectors are those kept beside the project', () => {
  const shared = sharedVectors('loom2-answer.json');
  if (shared !== null) expect(loom2).toEqual(shared);
});
