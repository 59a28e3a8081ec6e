// Two sessions made from one handshake, and what tests of sessions watch: the keys that pass through the primitives.
import { toHex, utf8 } from '../../crypto/bytes.ts';
import { portableKem } from '../../crypto/kem/kem-portable.ts';
import { nativePrimitives } from '../../crypto/native.ts';
import type { Primitives } from '../../crypto/primitives.ts';
import { asIdentityKey } from '../keys.ts';
import { makeRatchetKey, Session, type SessionContext } from '../../protocol/session.ts';
import { seededRandom } from '../seeded-random.ts';

export interface SessionPair {
  readonly initiator: Session;
  readonly responder: Session;
  readonly contexts: { readonly initiator: SessionContext; readonly responder: SessionContext };
  readonly random: (length: number) => Uint8Array;
}

/** Real primitives: the same seed always makes the same pair. */
export function sessionPair(
  seed: string,
  primitives = nativePrimitives(portableKem),
  respondersPrimitives = primitives,
): SessionPair {
  const random = seededRandom(seed);
  const [first, second] = [asIdentityKey(random(32)), asIdentityKey(random(32))];
  const handshake = { handshakeHash: random(32), exportKey: random(32) };
  const ratchet = makeRatchetKey(primitives, random);
  const contexts = {
    initiator: { primitives, ourIdentity: first, theirIdentity: second },
    responder: { primitives: respondersPrimitives, ourIdentity: second, theirIdentity: first },
  };
  return {
    initiator: Session.establish(contexts.initiator, {
      ...handshake,
      role: 'initiator',
      theirRatchet: ratchet.publicKey,
      random,
    }),
    responder: Session.establish(contexts.responder, { ...handshake, role: 'responder', ratchet }),
    contexts,
    random,
  };
}

export interface KeyWatch {
  readonly primitives: Primitives;
  /** Hex of key ‖ nonce of every seal, in order. */
  readonly seals: string[];
  /** Hex of every chain key that was moved on, root key that was turned and message key that was used. */
  readonly spent: Set<string>;
  /** Hex of every message key that was made. */
  readonly messageKeys: Set<string>;
  /** A step that throws has used no key: the state before it stays. */
  readonly attempt: <T>(step: () => T) => T;
}

const ROOT_INFO = toHex(utf8('loom/2 ratchet root'));
const MESSAGE_INFO = toHex(utf8('loom/2 ratchet message'));

/** The real primitives, with a note of what they are asked. */
export function watchKeys(real: Primitives = nativePrimitives(portableKem)): KeyWatch {
  const seals: string[] = [];
  const spent = new Set<string>();
  const messageKeys = new Set<string>();
  let fresh: string[] = [];
  const spend = (key: Uint8Array): void => {
    const hex = toHex(key);
    if (!spent.has(hex)) fresh.push(hex);
    spent.add(hex);
  };
  const attempt = <T>(step: () => T): T => {
    fresh = [];
    try {
      return step();
    } catch (error) {
      for (const key of fresh) spent.delete(key);
      throw error;
    }
  };
  const primitives: Primitives = {
    ...real,
    chacha20poly1305Seal(key, nonce, plaintext, ad) {
      seals.push(toHex(key) + toHex(nonce));
      return real.chacha20poly1305Seal(key, nonce, plaintext, ad);
    },
    hmacSha256(key, data) {
      const mac = real.hmacSha256(key, data);
      if (toHex(data) === '01') messageKeys.add(toHex(mac));
      if (toHex(data) === '02') spend(key);
      return mac;
    },
    hkdfSha256(salt, ikm, info, length) {
      if (toHex(info) === ROOT_INFO) spend(salt);
      if (toHex(info) === MESSAGE_INFO) spend(ikm);
      return real.hkdfSha256(salt, ikm, info, length);
    },
  };
  return { primitives, seals, spent, messageKeys, attempt };
}
