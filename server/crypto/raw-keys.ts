// Bare key bytes in and out of KeyObjects: Node has them from 24.15 and 26 on, and does not promise yet that they stay (its
// types are those of Node 20, so they are described here and tried once at run time). Without DER around them an X25519 key
// pair costs an eighth less, and an ML-KEM key pair, whose public key is long, a third. Callers have DER and JWK otherwise.
import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { equal, fromHex } from './bytes.ts';

export interface RawKeys {
  importPrivate(type: 'x25519' | 'ed25519', secret: Uint8Array): KeyObject;
  /** @param key of either half. */
  exportPublic(key: KeyObject): Uint8Array;
}

interface RawPublicKey {
  export(options: { format: 'raw-public' }): Uint8Array;
}

/** RFC 7748 §6.1: Alice's. */
const SCALAR = fromHex('77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a');
const PUBLIC = fromHex('8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a');

const found: RawKeys = {
  importPrivate(type, secret) {
    const input: object = { format: 'raw-private', asymmetricKeyType: type, key: secret };
    return createPrivateKey(input as Parameters<typeof createPrivateKey>[0]);
  },
  exportPublic(key) {
    const half: object = key.type === 'private' ? createPublicKey(key) : key;
    return new Uint8Array((half as RawPublicKey).export({ format: 'raw-public' }));
  },
};

/** Null where this Node has none, or they are not what they were. */
export const rawKeys: RawKeys | null = areRight(found) ? found : null;

function areRight(keys: RawKeys): boolean {
  try {
    return equal(keys.exportPublic(keys.importPrivate('x25519', SCALAR)), PUBLIC);
  } catch {
    return false;
  }
}
