import { format, inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { toHex } from './bytes.ts';
import { nativeKem } from './kem/kem-native.ts';
import { portableKem } from './kem/kem-portable.ts';
import { sodiumKem } from './kem/kem-sodium.ts';
import { deriveIdentity, parseMasterSeed } from './keys.ts';
import { nativePrimitives } from './native.ts';
import { portablePrimitives } from './portable.ts';
import { SecretBytes } from './secret.ts';

const bytes = Uint8Array.from({ length: 64 }, (_, index) => index + 100);
const seed = bytes.subarray(0, 32);
const kems = [nativeKem(), sodiumKem, portableKem].filter((kem) => kem !== null);

/** Every way a value gets into a log line or a file by accident. */
function prints(value: unknown): string[] {
  return [
    String(value),
    JSON.stringify(value),
    inspect(value, { showHidden: true, depth: Infinity }),
    format('%o %s %j', value, value, value),
    inspect(new Error('with a cause', { cause: value }), { showHidden: true }),
  ];
}

const secrets: [string, unknown][] = [
  ...[nativePrimitives(portableKem), portablePrimitives(portableKem)].flatMap((p): [string, unknown][] => [
    [`${p.name} X25519`, p.x25519PrivateKey(seed)],
    [`${p.name} Ed25519`, p.ed25519PrivateKey(seed)],
  ]),
  ...kems.map((kem): [string, unknown] => [`${kem.name} ML-KEM`, kem.keyPair(bytes).privateKey]),
  ['bytes', new SecretBytes(seed)],
  ['a piece of bytes', new SecretBytes(bytes).subarray(0, 32)],
  ['a copied piece of bytes', new SecretBytes(bytes).slice(0, 32)],
  ['a master seed', parseMasterSeed(seed)],
];

describe.each(secrets)('%s', (_, secret) => {
  it('prints [redacted] and nothing of itself', () => {
    expect(String(secret)).toBe('[redacted]');
    expect(JSON.stringify(secret)).toBe('"[redacted]"');
    expect(inspect(secret)).toBe('[redacted]');
    for (const text of [secret, { within: secret }].flatMap(prints)) {
      expect(text).not.toContain(toHex(seed).slice(0, 8));
      expect(text).not.toContain(Buffer.from(seed).toString('base64url').slice(0, 8));
      expect(text).not.toMatch(/100,\s*101|"0":\s*100/);
    }
  });
});

it.each([nativePrimitives(portableKem), portablePrimitives(portableKem)])(
  'an identity on $name primitives prints its public halves only',
  (p) => {
    const text = inspect(deriveIdentity(p, parseMasterSeed(seed)), { depth: Infinity });
    expect(text.match(/privateKey: \[redacted\]/g)).toHaveLength(2);
    expect(text.match(/publicKey: Uint8Array\(32\)/g)).toHaveLength(2);
  },
);

it('SecretBytes are bytes like any other', () => {
  const secret = new SecretBytes(seed);
  expect(secret.length).toBe(32);
  expect([...secret]).toEqual([...seed]);
  expect(toHex(secret)).toBe(toHex(seed));
  expect(new Uint8Array(secret)).toEqual(Uint8Array.from(seed));
});
