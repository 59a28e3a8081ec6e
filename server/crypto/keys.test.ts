import { describe, expect, it } from 'vitest';
import { sharedVectors } from '../testing/shared-vectors.ts';
import { fromHex, toHex } from './bytes.ts';
import { portableKem } from './kem/kem-portable.ts';
import { deriveIdentity, parseIdentityPublicKey, parseMasterSeed, parseStaticPublicKey } from './keys.ts';
import { nativePrimitives } from './native.ts';
import { portablePrimitives } from './portable.ts';

const both = [nativePrimitives(portableKem), portablePrimitives(portableKem)];

interface IdentityVector {
  readonly master_seed: string;
  readonly ik: string;
  readonly s: string;
  readonly s_private: string;
}
const vectors = sharedVectors('loom2-answer.json') as { readonly identity: readonly IdentityVector[] } | null;

describe.each(both)('an identity on $name primitives', (p) => {
  it.skipIf(!vectors)('is the one of the vectors', () => {
    for (const vector of vectors!.identity) {
      const { identityKey, staticKey } = deriveIdentity(p, parseMasterSeed(fromHex(vector.master_seed)));
      expect(toHex(identityKey.publicKey)).toBe(vector.ik);
      expect(toHex(staticKey.publicKey)).toBe(vector.s);
      const same = p.x25519PrivateKey(fromHex(vector.s_private));
      expect(p.x25519(staticKey.privateKey, identityKey.publicKey)).toEqual(p.x25519(same, identityKey.publicKey));
    }
  });

  it('is always the same for a seed, leaves the seed alone, and signs', () => {
    const seed = parseMasterSeed(new Uint8Array(32).fill(1));
    const { identityKey, staticKey } = deriveIdentity(p, seed);
    // Worked out apart from this code, by BLAKE2b and PKCS #8 imports of OpenSSL.
    expect(toHex(identityKey.publicKey)).toBe('1b0d379b59a69fe44035213437cb3f624efb15f284df54f6af2a5312631a3316');
    expect(toHex(staticKey.publicKey)).toBe('18c63888f97eb21845379ea138c38a9284d695d310f32ea8be3420bf6f8ddb41');
    expect(seed.every((byte) => byte === 1)).toBe(true);
    const message = Uint8Array.of(1, 2, 3);
    expect(p.ed25519Verify(identityKey.publicKey, message, p.ed25519Sign(identityKey.privateKey, message))).toBe(true);
  });
});

describe('parsing', () => {
  it('takes a master seed of 32 bytes, and keeps its own copy', () => {
    const bytes = new Uint8Array(32).fill(4);
    const seed = parseMasterSeed(bytes);
    bytes.fill(0);
    expect(seed.every((byte) => byte === 4)).toBe(true);
    for (const length of [0, 31, 33, 64]) expect(() => parseMasterSeed(new Uint8Array(length))).toThrow('32 bytes');
  });

  it('takes an identity key that is canonical and not of small order', () => {
    const good = fromHex('d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a');
    expect(parseIdentityPublicKey(good)).toEqual(good);
    expect(parseIdentityPublicKey(good)).not.toBe(good);
    expect(parseIdentityPublicKey(good.subarray(1))).toBeNull();
    expect(parseIdentityPublicKey(new Uint8Array(32))).toBeNull();
    expect(parseIdentityPublicKey(new Uint8Array(32).fill(0xff))).toBeNull();
  });

  it('takes a static key that is not of low order', () => {
    const good = fromHex('8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a');
    expect(parseStaticPublicKey(good)).toEqual(good);
    expect(parseStaticPublicKey(good)).not.toBe(good);
    expect(parseStaticPublicKey(good.subarray(1))).toBeNull();
    expect(parseStaticPublicKey(new Uint8Array(32))).toBeNull();
    expect(parseStaticPublicKey(Uint8Array.of(1, ...new Uint8Array(30), 0x80))).toBeNull();
  });
});
