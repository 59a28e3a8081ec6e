// The keys of an identity, by role. Each role is a type of its own with one parser, so that a static key cannot stand
// where an identity key belongs. Derivation is protocol §1, the original Loom's: a seed brought over keeps its identity.
// It knows nothing of certificates, tokens or storage.
import { concat, utf8, wipe } from './bytes.ts';
import { X25519_KEY_LENGTH, requireLength } from './lengths.ts';
import { isLowOrderX25519, isValidEd25519PublicKey } from './points.ts';
import type { Ed25519PrivateKey, Primitives, X25519KeyPair } from './primitives.ts';
import { SecretBytes } from './secret.ts';

type Branded<Bytes, Role extends string> = Bytes & { readonly keyRole: Role };

/** 32 bytes, the only secret a recovery phrase holds. Prints `[redacted]`. */
export type MasterSeed = Branded<SecretBytes, 'master seed'>;
/** Ed25519, 32 bytes: *is* the contact. */
export type IdentityPublicKey = Branded<Uint8Array, 'identity public key'>;
/** X25519, 32 bytes: what Noise authenticates, certified by the identity key. */
export type StaticPublicKey = Branded<Uint8Array, 'static public key'>;

/** 32 random bytes, told to contacts: under it they recognise our adverts. Prints `[redacted]`. */
export type PresenceKey = Branded<SecretBytes, 'presence key'>;

export interface IdentityKeyPair {
  readonly publicKey: IdentityPublicKey;
  readonly privateKey: Ed25519PrivateKey;
}

export interface StaticKeyPair extends X25519KeyPair {
  readonly publicKey: StaticPublicKey;
}

export interface IdentityKeys {
  readonly identityKey: IdentityKeyPair;
  /** Generation 0. */
  readonly staticKey: StaticKeyPair;
}

export const MASTER_SEED_LENGTH = 32;
export const PRESENCE_KEY_LENGTH = 32;

const IDENTITY_LABEL = utf8('LOOM-ED25519-DERIVATION');
const STATIC_LABEL = utf8('LOOM-X25519-DERIVATION');

/** A copy of 32 bytes that came from our own hands. @throws Error on any other length. */
export function parseMasterSeed(bytes: Uint8Array): MasterSeed {
  requireLength(bytes, MASTER_SEED_LENGTH, 'a master seed');
  return new SecretBytes(bytes) as MasterSeed;
}

/** A copy, or null unless it is 32 bytes, canonical and not of small order. */
export function parseIdentityPublicKey(bytes: Uint8Array): IdentityPublicKey | null {
  return isValidEd25519PublicKey(bytes) ? (Uint8Array.from(bytes) as IdentityPublicKey) : null;
}

/** A copy, or null unless it is 32 bytes and not of low order. */
export function parseStaticPublicKey(bytes: Uint8Array): StaticPublicKey | null {
  const isGood = bytes.length === X25519_KEY_LENGTH && !isLowOrderX25519(bytes);
  return isGood ? (Uint8Array.from(bytes) as StaticPublicKey) : null;
}

/** A copy, or null unless it is 32 bytes. */
export function parsePresenceKey(bytes: Uint8Array): PresenceKey | null {
  return bytes.length === PRESENCE_KEY_LENGTH ? (new SecretBytes(bytes) as PresenceKey) : null;
}

/** @param random bytes of the length it is asked for. */
export function makePresenceKey(random: (length: number) => Uint8Array): PresenceKey {
  return new SecretBytes(random(PRESENCE_KEY_LENGTH)) as PresenceKey;
}

/** The two key pairs of an identity, protocol §1: the first 32 bytes of BLAKE2b-512(label ‖ seed) each. */
export function deriveIdentity(primitives: Primitives, masterSeed: MasterSeed): IdentityKeys {
  const identity = derive(primitives, IDENTITY_LABEL, masterSeed);
  const privateKey = primitives.ed25519PrivateKey(identity);
  const scalar = derive(primitives, STATIC_LABEL, masterSeed);
  const staticKey = primitives.x25519KeyPair(scalar);
  wipe(identity, scalar);
  return {
    identityKey: { publicKey: primitives.ed25519PublicKey(privateKey) as IdentityPublicKey, privateKey },
    staticKey: { publicKey: staticKey.publicKey as StaticPublicKey, privateKey: staticKey.privateKey },
  };
}

function derive(primitives: Primitives, label: Uint8Array, masterSeed: MasterSeed): Uint8Array {
  const input = concat(label, masterSeed);
  const digest = primitives.blake2b512(input);
  const key = digest.slice(0, 32);
  wipe(input, digest);
  return key;
}
