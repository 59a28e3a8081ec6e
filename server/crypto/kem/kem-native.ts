// ML-KEM-768 (FIPS 203) on node:crypto, where this Node has it (24.7 and later; its types are those of Node 20, so the
// two functions are described here and looked for at run time). Keys go in as DER, the one form every such Node knows: a
// fixed prefix before the raw bytes. It cannot encapsulate a given message: that goes to the portable one.
import nodeCrypto, { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { concat, fromHex, wipe } from '../bytes.ts';
import { portableKem } from './kem-portable.ts';
import { KEM_CIPHERTEXT_LENGTH, KEM_PUBLIC_KEY_LENGTH, KEM_SEED_LENGTH, requireLength } from '../lengths.ts';
import type { Kem, KemPrivateKey } from '../primitives.ts';
import { rawKeys } from '../raw-keys.ts';
import { Secret, Wipeable } from '../secret.ts';

/** SubjectPublicKeyInfo of id-alg-ml-kem-768 up to the 1184 bytes of the key, RFC 9935 §4. */
const SPKI_PREFIX = fromHex('308204b2300b0609608648016503040402038204a100');
/** PKCS #8 of the same up to the 64 bytes of the seed, form `seed [0]`, RFC 9935 §6. */
const PKCS8_PREFIX = fromHex('3054020100300b060960864801650304040204428040');

interface KemFunctions {
  encapsulate(key: KeyObject): { sharedKey: Uint8Array; ciphertext: Uint8Array };
  decapsulate(key: KeyObject, ciphertext: Uint8Array): Uint8Array;
}

class NativeKemPrivateKey extends Secret implements KemPrivateKey {
  readonly kind = 'KemPrivateKey';
  readonly #key: Wipeable<KeyObject>;

  constructor(key: KeyObject) {
    super();
    this.#key = new Wipeable(key);
  }

  static keyOf(key: KemPrivateKey): KeyObject {
    if (!(#key in key)) throw new Error('a key of another implementation');
    return key.#key.get();
  }

  wipe(): void {
    this.#key.wipe();
  }
}

/** ML-KEM-768 on node:crypto, or null where this Node has no KEM functions. Whether they work is for a self-test to say. */
export function nativeKem(): Kem | null {
  const node: object = nodeCrypto;
  return hasKem(node) ? kemOf(node) : null;
}

function kemOf(node: KemFunctions): Kem {
  return {
    name: 'native',

    keyPair(seed) {
      requireLength(seed, KEM_SEED_LENGTH, 'an ML-KEM seed');
      const der = concat(PKCS8_PREFIX, seed);
      const key = createPrivateKey({ format: 'der', type: 'pkcs8', key: asBuffer(der) });
      wipe(der);
      return { publicKey: exportPublic(key), privateKey: new NativeKemPrivateKey(key) };
    },

    encapsulate(publicKey, message) {
      if (message) return portableKem.encapsulate(publicKey, message);
      requireLength(publicKey, KEM_PUBLIC_KEY_LENGTH, 'an ML-KEM-768 public key');
      const der = asBuffer(concat(SPKI_PREFIX, publicKey));
      const { ciphertext, sharedKey } = node.encapsulate(createPublicKey({ format: 'der', type: 'spki', key: der }));
      return { ciphertext: Uint8Array.from(ciphertext), sharedSecret: Uint8Array.from(sharedKey) };
    },

    decapsulate(privateKey, ciphertext) {
      requireLength(ciphertext, KEM_CIPHERTEXT_LENGTH, 'an ML-KEM-768 ciphertext');
      return Uint8Array.from(node.decapsulate(NativeKemPrivateKey.keyOf(privateKey), ciphertext));
    },
  };
}

function exportPublic(privateKey: KeyObject): Uint8Array {
  if (rawKeys) return rawKeys.exportPublic(privateKey);
  const spki = createPublicKey(privateKey).export({ format: 'der', type: 'spki' });
  return Uint8Array.from(spki.subarray(SPKI_PREFIX.length));
}

function hasKem(node: object): node is KemFunctions {
  return (
    'encapsulate' in node &&
    typeof node.encapsulate === 'function' &&
    'decapsulate' in node &&
    typeof node.decapsulate === 'function'
  );
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
