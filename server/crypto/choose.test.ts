import { describe, expect, it } from 'vitest';
import { choosePrimitives } from './choose.ts';
import { nativeKem } from './kem/kem-native.ts';
import { portableKem } from './kem/kem-portable.ts';
import { sodiumKem } from './kem/kem-sodium.ts';
import { nativePrimitives } from './native.ts';
import { portablePrimitives } from './portable.ts';
import type { Kem, Primitives } from './primitives.ts';
import { kemAnswersRight, primitivesAnswerRight } from './self-test.ts';

const native = nativePrimitives(portableKem);

describe('the choice', () => {
  it('is native where this Node passes, ML-KEM by itself', () => {
    const chosen = choosePrimitives(undefined);
    expect(chosen.name).toBe('native');
    expect(chosen.kem.name).toBe(nativeKem() ? 'native' : 'wasm');
  });

  it('is portable throughout when that is wanted', () => {
    const chosen = choosePrimitives('portable');
    expect([chosen.name, chosen.kem.name]).toEqual(['portable', 'portable']);
  });
});

describe('the self-test', () => {
  it('passes both implementations', () => {
    expect(primitivesAnswerRight(native)).toBe(true);
    expect(primitivesAnswerRight(portablePrimitives(portableKem))).toBe(true);
    for (const kem of [nativeKem(), sodiumKem, portableKem]) if (kem) expect(kemAnswersRight(kem)).toBe(true);
  });

  const fails = (): never => {
    throw new Error('digital envelope routines::unsupported');
  };
  const wrongly: Partial<Primitives>[] = [
    { sha256: (data) => native.sha512(data) },
    { sha512: fails },
    { blake2b512: (data) => native.sha512(data) },
    { hmacSha256: (key, data) => native.hmacSha256(data, key) },
    { hkdfSha256: (salt, ikm, info, length) => native.hkdfSha256(ikm, salt, info, length) },
    { chacha20poly1305Seal: fails },
    { chacha20poly1305Open: () => null },
    { chacha20poly1305Open: (_key, _nonce, sealed) => sealed.subarray(0, -16) },
    { xchacha20poly1305Seal: (key, nonce, text, ad) => native.chacha20poly1305Seal(key, nonce.subarray(12), text, ad) },
    { x25519KeyPair: fails },
    { x25519: (_key, publicKey) => publicKey },
    { x25519: (key, publicKey) => native.x25519(key, publicKey) ?? new Uint8Array(32) },
    { ed25519Sign: () => new Uint8Array(64) },
    { ed25519Verify: () => true },
    { ed25519Verify: () => false },
    { random: (length) => new Uint8Array(length) },
  ];
  it.each(wrongly.map((change) => [Object.keys(change).join(), change] as const))('finds a wrong %s', (_, change) => {
    expect(primitivesAnswerRight({ ...native, ...change })).toBe(false);
  });

  const wrongKems: Partial<Kem>[] = [
    { keyPair: fails },
    { keyPair: (seed) => portableKem.keyPair(Uint8Array.from(seed).reverse()) },
    { decapsulate: () => new Uint8Array(32) },
    { encapsulate: (publicKey) => ({ ...portableKem.encapsulate(publicKey), sharedSecret: new Uint8Array(32) }) },
  ];
  it.each(wrongKems.map((change) => [Object.keys(change).join(), change] as const))('finds a wrong %s', (_, change) => {
    expect(kemAnswersRight({ ...portableKem, ...change })).toBe(false);
  });
});
