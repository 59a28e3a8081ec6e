// The two implementations, asked the same at random: native and portable must not be told apart by their answers.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toHex } from './bytes.ts';
import { portableKem } from './kem/kem-portable.ts';
import { sodiumKem } from './kem/kem-sodium.ts';
import { nativePrimitives } from './native.ts';
import { portablePrimitives } from './portable.ts';
import type { Kem } from './primitives.ts';
import { SODIUM_PAYS_UP_TO } from './sodium.ts';

const native = nativePrimitives(portableKem);
const portable = portablePrimitives(portableKem);

const exactly = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const upTo = (maxLength: number) => fc.uint8Array({ maxLength, size: 'max' });
/** Pieces of larger arrays and Buffers, as parsers hand them out. */
const anyForm = (bytes: fc.Arbitrary<Uint8Array>) =>
  fc.tuple(bytes, fc.nat({ max: 2 })).map(([value, form]) => {
    if (form === 0) return value;
    const larger = new Uint8Array(value.length + 9);
    larger.set(value, 5);
    return form === 1 ? larger.subarray(5, 5 + value.length) : Buffer.from(value);
  });
/** Sizes on both sides of where native changes from libsodium to OpenSSL. */
const text = fc.oneof(
  anyForm(upTo(64)),
  fc.integer({ min: SODIUM_PAYS_UP_TO - 20, max: SODIUM_PAYS_UP_TO + 20 }).chain((length) => anyForm(exactly(length))),
  anyForm(upTo(2000)),
);
/** Compared as text: toEqual takes milliseconds for a long array. */
function expectSame(a: Uint8Array | null, b: Uint8Array | null): void {
  expect(a && toHex(a)).toBe(b && toHex(b));
}
const runs = (numRuns: number) => ({ numRuns, seed: 2 });

describe('native and portable agree on', () => {
  it('X25519', () => {
    fc.assert(
      fc.property(anyForm(exactly(32)), anyForm(exactly(32)), (scalar, u) => {
        const [a, b] = [native.x25519KeyPair(scalar), portable.x25519KeyPair(scalar)];
        expect(a.publicKey).toEqual(b.publicKey);
        expectSame(native.x25519(a.privateKey, u), portable.x25519(b.privateKey, u));
      }),
      runs(100),
    );
  });

  it('Ed25519, signing and verifying', () => {
    fc.assert(
      fc.property(anyForm(exactly(32)), text, fc.nat({ max: 511 }), (seed, message, bit) => {
        const [a, b] = [native.ed25519PrivateKey(seed), portable.ed25519PrivateKey(seed)];
        const publicKey = native.ed25519PublicKey(a);
        const signature = native.ed25519Sign(a, message);
        expectSame(portable.ed25519PublicKey(b), publicKey);
        expectSame(portable.ed25519Sign(b, message), signature);
        expect(native.ed25519Verify(publicKey, message, signature)).toBe(true);
        expect(portable.ed25519Verify(publicKey, message, signature)).toBe(true);
        signature[bit >> 3]! ^= 1 << (bit & 7);
        expect(native.ed25519Verify(publicKey, message, signature)).toBe(false);
        expect(portable.ed25519Verify(publicKey, message, signature)).toBe(false);
      }),
      runs(12),
    );
  });

  it('what bytes are an Ed25519 key or signature at all', () => {
    fc.assert(
      fc.property(exactly(32), exactly(64), text, (publicKey, signature, message) => {
        expect(native.ed25519Verify(publicKey, message, signature)).toBe(false);
        expect(portable.ed25519Verify(publicKey, message, signature)).toBe(false);
      }),
      runs(40),
    );
  });

  it('ChaCha20-Poly1305, and open what the other sealed', () => {
    fc.assert(
      fc.property(anyForm(exactly(32)), anyForm(exactly(12)), text, text, (key, nonce, plaintext, ad) => {
        const sealed = native.chacha20poly1305Seal(key, nonce, plaintext, ad);
        expectSame(portable.chacha20poly1305Seal(key, nonce, plaintext, ad), sealed);
        expectSame(native.chacha20poly1305Open(key, nonce, sealed, ad), plaintext);
        expectSame(portable.chacha20poly1305Open(key, nonce, sealed, ad), plaintext);
      }),
      runs(120),
    );
  });

  it('XChaCha20-Poly1305, and open what the other sealed', () => {
    fc.assert(
      fc.property(anyForm(exactly(32)), anyForm(exactly(24)), text, text, (key, nonce, plaintext, ad) => {
        const sealed = native.xchacha20poly1305Seal(key, nonce, plaintext, ad);
        expectSame(portable.xchacha20poly1305Seal(key, nonce, plaintext, ad), sealed);
        expectSame(native.xchacha20poly1305Open(key, nonce, sealed, ad), plaintext);
        expectSame(portable.xchacha20poly1305Open(key, nonce, sealed, ad), plaintext);
      }),
      runs(120),
    );
  });

  it('refusing whatever was not sealed', () => {
    fc.assert(
      fc.property(exactly(32), exactly(24), text, text, (key, nonce, sealed, ad) => {
        for (const p of [native, portable]) {
          expect(p.chacha20poly1305Open(key, nonce.subarray(12), sealed, ad)).toBeNull();
          expect(p.xchacha20poly1305Open(key, nonce, sealed, ad)).toBeNull();
        }
      }),
      runs(100),
    );
  });

  it('ML-KEM-768, whatever the seed, the message and the forgery', () => {
    const forgery = fc.option(fc.tuple(fc.nat({ max: 1087 }), fc.integer({ min: 1, max: 255 })), { freq: 2 });
    fc.assert(
      fc.property(anyForm(exactly(64)), anyForm(exactly(32)), forgery, (seed, message, change) => {
        const [a, b] = [sodiumKem.keyPair(seed), portableKem.keyPair(seed)];
        expectSame(a.publicKey, b.publicKey);
        const [ours, theirs] = [
          sodiumKem.encapsulate(a.publicKey, message),
          portableKem.encapsulate(b.publicKey, message),
        ];
        expectSame(ours.ciphertext, theirs.ciphertext);
        expectSame(ours.sharedSecret, theirs.sharedSecret);
        if (change) ours.ciphertext[change[0]]! ^= change[1];
        expectSame(
          sodiumKem.decapsulate(a.privateKey, ours.ciphertext),
          portableKem.decapsulate(b.privateKey, ours.ciphertext),
        );
      }),
      runs(200),
    );
  });

  it('any bytes as an ML-KEM-768 public key or ciphertext', () => {
    const [a, b] = [sodiumKem.keyPair(new Uint8Array(64)), portableKem.keyPair(new Uint8Array(64))];
    const message = new Uint8Array(32);
    const attempt = (kem: Kem, key: Uint8Array): string => {
      try {
        return toHex(kem.encapsulate(key, message).ciphertext);
      } catch {
        return 'refused';
      }
    };
    /** One coefficient of one polynomial as it is, the others small: about one key in five is refused. */
    const key = fc.tuple(fc.nat({ max: 767 }), fc.nat({ max: 4095 }), exactly(32)).map(([index, value, rho]) => {
      const bytes = new Uint8Array(1184);
      const at = 3 * (index >> 1);
      bytes.set(index % 2 === 0 ? [value & 255, value >> 8] : [0, (value & 15) << 4, value >> 4], at);
      bytes.set(rho, 1152);
      return bytes;
    });
    fc.assert(
      fc.property(key, exactly(1088), (publicKey, ciphertext) => {
        expect(attempt(sodiumKem, publicKey)).toBe(attempt(portableKem, publicKey));
        expectSame(sodiumKem.decapsulate(a.privateKey, ciphertext), portableKem.decapsulate(b.privateKey, ciphertext));
      }),
      runs(200),
    );
  });

  it('hashes, HMAC and HKDF', () => {
    fc.assert(
      fc.property(text, text, text, fc.nat({ max: 8160 }), (a, b, c, length) => {
        expectSame(native.sha256(a), portable.sha256(a));
        expectSame(native.sha512(a), portable.sha512(a));
        expectSame(native.blake2b512(a), portable.blake2b512(a));
        expectSame(native.hmacSha256(a, b), portable.hmacSha256(a, b));
        expectSame(native.hkdfSha256(a, b, c, length), portable.hkdfSha256(a, b, c, length));
      }),
      runs(100),
    );
  });
});
