import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../testing/seeded-random.ts';
import { nativeKem } from './kem-native.ts';
import { portableKem } from './kem-portable.ts';
import { sodiumKem } from './kem-sodium.ts';
import type { KemPrivateKey } from '../primitives.ts';

const kems = [nativeKem(), sodiumKem, portableKem].filter((kem) => kem !== null);
const random = seededRandom('kem');

describe.each(kems)('$name ML-KEM-768', (kem) => {
  const pair = kem.keyPair(random(64));

  it('shares a secret, a new one each time', () => {
    const first = kem.encapsulate(pair.publicKey);
    const second = kem.encapsulate(pair.publicKey);
    expect([pair.publicKey.length, first.ciphertext.length, first.sharedSecret.length]).toEqual([1184, 1088, 32]);
    expect(kem.decapsulate(pair.privateKey, first.ciphertext)).toEqual(first.sharedSecret);
    expect(second.ciphertext).not.toEqual(first.ciphertext);
    expect(second.sharedSecret).not.toEqual(first.sharedSecret);
  });

  it('does the same with the same seed and message', () => {
    const [seed, message] = [random(64), random(32)];
    const { publicKey, privateKey } = kem.keyPair(seed);
    const { ciphertext, sharedSecret } = kem.encapsulate(publicKey, message);
    expect(kem.keyPair(seed).publicKey).toEqual(publicKey);
    expect(kem.encapsulate(publicKey, message)).toEqual({ ciphertext, sharedSecret });
    expect(kem.decapsulate(privateKey, ciphertext)).toEqual(sharedSecret);
  });

  it('answers a forged ciphertext with an unrelated secret', () => {
    const { ciphertext, sharedSecret } = kem.encapsulate(pair.publicKey);
    ciphertext[7]! ^= 1;
    const secret = kem.decapsulate(pair.privateKey, ciphertext);
    expect(secret.length).toBe(32);
    expect(secret).not.toEqual(sharedSecret);
    expect(kem.decapsulate(pair.privateKey, ciphertext)).toEqual(secret);
  });

  it('agrees with the portable one', () => {
    const seed = random(64);
    const [ours, theirs] = [kem.keyPair(seed), portableKem.keyPair(seed)];
    expect(ours.publicKey).toEqual(theirs.publicKey);
    const { ciphertext, sharedSecret } = kem.encapsulate(theirs.publicKey);
    expect(portableKem.decapsulate(theirs.privateKey, ciphertext)).toEqual(sharedSecret);
    ciphertext[1000]! ^= 1;
    expect(kem.decapsulate(ours.privateKey, ciphertext)).toEqual(
      portableKem.decapsulate(theirs.privateKey, ciphertext),
    );
  });

  it('gives plain byte arrays', () => {
    const { ciphertext, sharedSecret } = kem.encapsulate(pair.publicKey);
    const outputs = [pair.publicKey, ciphertext, sharedSecret, kem.decapsulate(pair.privateKey, ciphertext)];
    for (const output of outputs) expect(output.constructor).toBe(Uint8Array);
  });

  it('throws on other lengths, unreduced keys and foreign private keys', () => {
    expect(() => kem.keyPair(random(63))).toThrow('64 bytes');
    expect(() => kem.encapsulate(pair.publicKey.subarray(1))).toThrow('1184 bytes');
    expect(() => kem.encapsulate(pair.publicKey, random(31))).toThrow('32 bytes');
    expect(() => kem.decapsulate(pair.privateKey, random(1087))).toThrow('1088 bytes');
    expect(() => kem.encapsulate(new Uint8Array(1184).fill(0xff))).toThrow(Error);
    const foreign: KemPrivateKey = { kind: 'KemPrivateKey', wipe: () => undefined };
    expect(() => kem.decapsulate(foreign, random(1088))).toThrow('another implementation');
  });
});
