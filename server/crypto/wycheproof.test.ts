// Project Wycheproof, every vector of the files named, against both implementations. Not run: the expanded ML-KEM keys
// of mlkem_768_semi_expanded_decaps (a private key is imported from its seed only), and the private key column of
// mlkem_768_keygen_seed (it never comes out). Sizes the interface refuses by throwing count as refused.
import { describe, expect, it } from 'vitest';
import { sharedVectors } from '../testing/shared-vectors.ts';
import { concat, fromHex, toHex } from './bytes.ts';
import { nativeKem } from './kem/kem-native.ts';
import { portableKem } from './kem/kem-portable.ts';
import { sodiumKem } from './kem/kem-sodium.ts';
import { nativePrimitives } from './native.ts';
import { portablePrimitives } from './portable.ts';
import type { Kem, Primitives } from './primitives.ts';

interface Vector {
  readonly tcId: number;
  readonly result: 'valid' | 'invalid' | 'acceptable';
  readonly flags: readonly string[];
}
interface Group<V> {
  readonly tests: readonly (Vector & V)[];
  /** In the files about signatures. */
  readonly publicKey?: { readonly pk: string };
}
interface File<V> {
  readonly numberOfTests: number;
  readonly testGroups: readonly Group<V>[];
}

const both = [nativePrimitives(portableKem), portablePrimitives(portableKem)];
const kems = [nativeKem(), sodiumKem, portableKem].filter((kem) => kem !== null);

/** Asks `isHeld` of every vector of a file; names those where the answer is wrong, and checks that none was left out. */
function check<V, S extends { readonly name: string } = Primitives>(
  name: string,
  subjects: readonly S[],
  isHeld: (subject: S, vector: Vector & V, group: Group<V>) => boolean,
): void {
  const file = sharedVectors(`wycheproof/${name}_test.json`) as File<V> | null;
  describe.skipIf(!file)(name, () => {
    it.each(subjects)('$name', (subject) => {
      const wrong: number[] = [];
      let count = 0;
      for (const group of file!.testGroups) {
        for (const vector of group.tests) {
          count += 1;
          if (!isHeld(subject, vector, group)) wrong.push(vector.tcId);
        }
      }
      expect(wrong).toEqual([]);
      expect(count).toBe(file!.numberOfTests);
    });
  });
}

function orNull<T>(ask: () => T): T | null {
  try {
    return ask();
  } catch {
    return null;
  }
}

interface AeadVector {
  readonly key: string;
  readonly iv: string;
  readonly aad: string;
  readonly msg: string;
  readonly ct: string;
  readonly tag: string;
}

type SealArguments = Parameters<Primitives['chacha20poly1305Seal']>;

function aeadHeld(
  seal: (...args: SealArguments) => Uint8Array,
  open: (...args: SealArguments) => Uint8Array | null,
  v: Vector & AeadVector,
): boolean {
  const [key, nonce, ad, plaintext] = [fromHex(v.key), fromHex(v.iv), fromHex(v.aad), fromHex(v.msg)];
  const sealed = concat(fromHex(v.ct), fromHex(v.tag));
  const opened = orNull(() => open(key, nonce, sealed, ad));
  const resealed = orNull(() => seal(key, nonce, plaintext, ad));
  if (v.result === 'invalid') return opened === null && (!resealed || toHex(resealed) !== toHex(sealed));
  return opened !== null && toHex(opened) === v.msg && resealed !== null && toHex(resealed) === toHex(sealed);
}

check<AeadVector>('chacha20_poly1305', both, (p, v) =>
  aeadHeld(
    (...args) => p.chacha20poly1305Seal(...args),
    (...args) => p.chacha20poly1305Open(...args),
    v,
  ),
);
check<AeadVector>('xchacha20_poly1305', both, (p, v) =>
  aeadHeld(
    (...args) => p.xchacha20poly1305Seal(...args),
    (...args) => p.xchacha20poly1305Open(...args),
    v,
  ),
);

interface SignatureVector {
  readonly msg: string;
  readonly sig: string;
}
check<SignatureVector>('ed25519', both, (p, v, group) => {
  const isGood = p.ed25519Verify(fromHex(group.publicKey!.pk), fromHex(v.msg), fromHex(v.sig));
  return isGood === (v.result === 'valid');
});

interface ExchangeVector {
  readonly public: string;
  readonly private: string;
  readonly shared: string;
}
check<ExchangeVector>('x25519', both, (p, v) => {
  const shared = p.x25519(p.x25519PrivateKey(fromHex(v.private)), fromHex(v.public));
  // 'acceptable' leaves twists and unreduced points to us: we compute them as RFC 7748 says, and refuse all-zero results.
  return v.flags.includes('ZeroSharedSecret') ? shared === null : shared !== null && toHex(shared) === v.shared;
});

interface HkdfVector {
  readonly ikm: string;
  readonly salt: string;
  readonly info: string;
  readonly size: number;
  readonly okm: string;
}
check<HkdfVector>('hkdf_sha256', both, (p, v) => {
  const okm = orNull(() => p.hkdfSha256(fromHex(v.salt), fromHex(v.ikm), fromHex(v.info), v.size));
  return v.result === 'invalid' ? okm === null : okm !== null && toHex(okm) === v.okm;
});

interface MacVector {
  readonly key: string;
  readonly msg: string;
  readonly tag: string;
}
check<MacVector>('hmac_sha256', both, (p, v) => {
  const tag = toHex(p.hmacSha256(fromHex(v.key), fromHex(v.msg))).slice(0, v.tag.length);
  return (tag === v.tag) === (v.result === 'valid');
});

interface KeygenVector {
  readonly seed: string;
  readonly ek: string;
}
check<KeygenVector, Kem>('mlkem_768_keygen_seed', kems, (kem, v) => {
  return toHex(kem.keyPair(fromHex(v.seed)).publicKey) === v.ek;
});

interface EncapsulateVector {
  readonly m: string;
  readonly ek: string;
  readonly c: string;
  readonly K: string;
}
check<EncapsulateVector, Kem>('mlkem_768_encaps', kems, (kem, v) => {
  const publicKey = fromHex(v.ek);
  const given = orNull(() => kem.encapsulate(publicKey, fromHex(v.m)));
  const fresh = orNull(() => kem.encapsulate(publicKey));
  if (v.result === 'invalid') return given === null && fresh === null;
  return fresh !== null && given !== null && toHex(given.ciphertext) === v.c && toHex(given.sharedSecret) === v.K;
});

interface DecapsulateVector {
  readonly seed: string;
  readonly ek?: string;
  readonly c: string;
  readonly K: string;
}
check<DecapsulateVector, Kem>('mlkem_768', kems, (kem, v) => {
  const pair = orNull(() => kem.keyPair(fromHex(v.seed)));
  const secret = pair && orNull(() => kem.decapsulate(pair.privateKey, fromHex(v.c)));
  if (v.result === 'invalid') return secret === null;
  return secret !== null && toHex(secret) === v.K && (!v.ek || toHex(pair!.publicKey) === v.ek);
});
