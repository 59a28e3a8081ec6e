import { describe, expect, it } from 'vitest';
import { concat, fromHex, toHex } from './bytes.ts';
import { portableKem } from './kem/kem-portable.ts';
import { nativePrimitives } from './native.ts';
import { portablePrimitives } from './portable.ts';
import type { Primitives } from './primitives.ts';
import hashes from './testdata/hashes.json' with { type: 'json' };
import rfc5869 from './testdata/rfc5869.json' with { type: 'json' };
import rfc7748 from './testdata/rfc7748.json' with { type: 'json' };
import rfc8032 from './testdata/rfc8032.json' with { type: 'json' };
import rfc8439 from './testdata/rfc8439.json' with { type: 'json' };
import xchacha from './testdata/xchacha.json' with { type: 'json' };

const native = nativePrimitives(portableKem);
const portable = portablePrimitives(portableKem);
type SealArguments = Parameters<Primitives['chacha20poly1305Seal']>;

const bytes = (length: number) => new Uint8Array(length);

describe.each([native, portable])('$name primitives', (p) => {
  describe('X25519, RFC 7748', () => {
    it.each(rfc7748.scalarMult)('§5.2 $scalar', ({ scalar, u, output }) => {
      expect(p.x25519(p.x25519PrivateKey(fromHex(scalar)), fromHex(u))).toEqual(fromHex(output));
    });

    it('§5.2, 1 and 1,000 times', () => {
      let k: Uint8Array = Uint8Array.of(9, ...bytes(31));
      let u = k;
      for (let i = 1; i <= 1000; i += 1) {
        [k, u] = [p.x25519(p.x25519PrivateKey(k), u)!, k];
        if (i === 1) expect(toHex(k)).toBe(rfc7748.iterated['1']);
      }
      expect(toHex(k)).toBe(rfc7748.iterated['1000']);
    });

    it('§6.1', () => {
      const { alicePrivate, alicePublic, bobPrivate, bobPublic, shared } = rfc7748.diffieHellman;
      const alice = p.x25519KeyPair(fromHex(alicePrivate));
      const bob = p.x25519KeyPair(fromHex(bobPrivate));
      expect(toHex(alice.publicKey)).toBe(alicePublic);
      expect(toHex(bob.publicKey)).toBe(bobPublic);
      expect(p.x25519(alice.privateKey, bob.publicKey)).toEqual(fromHex(shared));
      expect(p.x25519(bob.privateKey, alice.publicKey)).toEqual(fromHex(shared));
    });

    it('gives null for a low-order point and throws on a length that is none', () => {
      const ours = p.x25519PrivateKey(bytes(32).fill(7));
      expect(p.x25519(ours, bytes(32))).toBeNull();
      expect(() => p.x25519(ours, bytes(31))).toThrow('32 bytes');
      expect(() => p.x25519PrivateKey(bytes(33))).toThrow('32 bytes');
      expect(() => p.x25519KeyPair(bytes(0))).toThrow('32 bytes');
    });

    it('keeps its own copy of a scalar', () => {
      const scalar = fromHex(rfc7748.diffieHellman.alicePrivate);
      const key = p.x25519PrivateKey(scalar);
      scalar.fill(0);
      expect(p.x25519(key, fromHex(rfc7748.diffieHellman.bobPublic))).toEqual(fromHex(rfc7748.diffieHellman.shared));
    });
  });

  describe('Ed25519, RFC 8032', () => {
    it.each(rfc8032)('§7.1 $name', ({ seed, publicKey, message, signature }) => {
      const key = p.ed25519PrivateKey(fromHex(seed));
      expect(p.ed25519PublicKey(key)).toEqual(fromHex(publicKey));
      expect(p.ed25519Sign(key, fromHex(message))).toEqual(fromHex(signature));
      expect(p.ed25519Verify(fromHex(publicKey), fromHex(message), fromHex(signature))).toBe(true);
    });

    const [, { publicKey, message, signature }] = rfc8032 as [unknown, (typeof rfc8032)[number]];
    const verify = (key: Uint8Array, sig: Uint8Array) => p.ed25519Verify(key, fromHex(message), sig);

    it('refuses S + L, the twin of a good signature', () => {
      const order = 2n ** 252n + 27742317777372353535851937790883648493n;
      const good = fromHex(signature);
      const s = BigInt(`0x${toHex(good.slice(32).reverse())}`) + order;
      const twin = fromHex(s.toString(16).padStart(64, '0')).reverse();
      expect(verify(fromHex(publicKey), good)).toBe(true);
      expect(verify(fromHex(publicKey), concat(good.subarray(0, 32), twin))).toBe(false);
    });

    it('refuses the identity point as a key, under which R = 1, S = 0 would sign everything', () => {
      const one = Uint8Array.of(1, ...bytes(31));
      expect(verify(one, concat(one, bytes(32)))).toBe(false);
    });

    it('refuses lengths that are none, and a key that is no point', () => {
      const good = fromHex(signature);
      expect(verify(fromHex(publicKey), good.subarray(1))).toBe(false);
      expect(verify(fromHex(publicKey).subarray(1), good)).toBe(false);
      expect(verify(Uint8Array.of(2, ...bytes(31)), good)).toBe(false);
      expect(() => p.ed25519PrivateKey(bytes(31))).toThrow('32 bytes');
    });
  });

  const ciphers = [
    {
      name: 'ChaCha20-Poly1305, RFC 8439',
      vectors: rfc8439,
      seal: (...args: SealArguments) => p.chacha20poly1305Seal(...args),
      open: (...args: SealArguments) => p.chacha20poly1305Open(...args),
    },
    {
      name: 'XChaCha20-Poly1305, draft-irtf-cfrg-xchacha-03',
      vectors: xchacha,
      seal: (...args: SealArguments) => p.xchacha20poly1305Seal(...args),
      open: (...args: SealArguments) => p.xchacha20poly1305Open(...args),
    },
  ];
  describe.each(ciphers)('$name', ({ vectors, seal, open }) => {
    it.each(vectors)('§$section', (vector) => {
      const [key, nonce, plaintext] = [fromHex(vector.key), fromHex(vector.nonce), fromHex(vector.plaintext)];
      const [ad, sealed] = [fromHex(vector.ad), fromHex(vector.sealed)];
      expect(seal(key, nonce, plaintext, ad)).toEqual(sealed);
      expect(open(key, nonce, sealed, ad)).toEqual(plaintext);
      expect(open(key, nonce, sealed, ad.subarray(1))).toBeNull();
    });

    it.each([0, 1, 223, 224, 239, 240, 241, 5000])('opens %i bytes, and nothing that was touched', (length) => {
      const [key, nonce, ad] = [bytes(32).fill(1), bytes(vectors[0]!.nonce.length / 2), bytes(3)];
      const plaintext = bytes(length).fill(5);
      const sealed = seal(key, nonce, plaintext, ad);
      expect(sealed.length).toBe(length + 16);
      expect(open(key, nonce, sealed, ad)).toEqual(plaintext);
      for (const index of [0, length >> 1, length, length + 15]) {
        const touched = Uint8Array.from(sealed);
        touched[index]! ^= 0x80;
        expect(open(key, nonce, touched, ad)).toBeNull();
      }
      expect(open(key, nonce, sealed.subarray(0, -1), ad)).toBeNull();
      expect(open(key, nonce, sealed.subarray(0, 15), ad)).toBeNull();
    });

    it('throws on a key or nonce of another length', () => {
      const length = vectors[0]!.nonce.length / 2;
      for (const size of [0, length - 1, length + 1, 16, 32]) {
        expect(() => seal(bytes(32), bytes(size), bytes(9), bytes(0))).toThrow('nonce must be');
        expect(() => open(bytes(32), bytes(size), bytes(900), bytes(0))).toThrow('nonce must be');
      }
      expect(() => seal(bytes(31), bytes(length), bytes(900), bytes(0))).toThrow('key must be 32');
      expect(() => open(bytes(33), bytes(length), bytes(90), bytes(0))).toThrow('key must be 32');
    });
  });

  describe('hashes', () => {
    it.each(hashes.sha256)('SHA-256, $source', (v) => expect(toHex(p.sha256(fromHex(v.data)))).toBe(v.digest));
    it.each(hashes.sha512)('SHA-512, $source', (v) => expect(toHex(p.sha512(fromHex(v.data)))).toBe(v.digest));
    it.each(hashes.blake2b512)('BLAKE2b, $source', (v) => expect(toHex(p.blake2b512(fromHex(v.data)))).toBe(v.digest));
    it.each(hashes.hmacSha256)('HMAC, $source', (v) =>
      expect(toHex(p.hmacSha256(fromHex(v.key), fromHex(v.data)))).toBe(v.digest),
    );
    it.each(rfc5869)('HKDF, RFC 5869 $section', (v) => {
      const okm = p.hkdfSha256(fromHex(v.salt), fromHex(v.ikm), fromHex(v.info), v.length);
      expect(toHex(okm)).toBe(v.okm);
    });

    it('HKDF gives up to 255 blocks', () => {
      expect(p.hkdfSha256(bytes(0), bytes(1), bytes(0), 0)).toEqual(bytes(0));
      expect(p.hkdfSha256(bytes(0), bytes(1), bytes(0), 8160).length).toBe(8160);
      for (const length of [8161, -1, 1.5, NaN]) {
        expect(() => p.hkdfSha256(bytes(0), bytes(1), bytes(0), length)).toThrow('0 to 8160');
      }
    });
  });

  it('makes as many random bytes as asked', () => {
    expect(p.random(0)).toEqual(bytes(0));
    expect(p.random(65_536).length).toBe(65_536);
    expect(p.random(32)).not.toEqual(p.random(32));
    for (const length of [65_537, -1, 0.5]) expect(() => p.random(length)).toThrow('0 to 65536');
  });

  it('gives plain byte arrays, never a Buffer', () => {
    const pair = p.x25519KeyPair(bytes(32).fill(3));
    const key = p.ed25519PrivateKey(bytes(32));
    const [short, long] = [bytes(9), bytes(999)];
    const outputs = [
      p.random(3),
      pair.publicKey,
      p.x25519(pair.privateKey, pair.publicKey),
      p.ed25519PublicKey(key),
      p.ed25519Sign(key, short),
      ...[short, long].flatMap((text) => {
        const sealed = p.chacha20poly1305Seal(bytes(32), bytes(12), text, short);
        return [sealed, p.chacha20poly1305Open(bytes(32), bytes(12), sealed, short)];
      }),
      p.xchacha20poly1305Seal(bytes(32), bytes(24), long, short),
      p.sha256(short),
      p.sha512(short),
      p.blake2b512(short),
      p.hmacSha256(short, short),
      p.hkdfSha256(short, short, short, 44),
    ];
    for (const output of outputs) expect(output?.constructor).toBe(Uint8Array);
  });
});

it('refuses a private key of the other implementation', () => {
  const scalar = bytes(32).fill(1);
  expect(() => native.x25519(portable.x25519PrivateKey(scalar), scalar)).toThrow('another implementation');
  expect(() => portable.x25519(native.x25519PrivateKey(scalar), scalar)).toThrow('another implementation');
  expect(() => native.ed25519Sign(portable.ed25519PrivateKey(scalar), scalar)).toThrow('another implementation');
  expect(() => portable.ed25519Sign(native.ed25519PrivateKey(scalar), scalar)).toThrow('another implementation');
});
