// Bytes that stand for keys in tests. Not parsed: some tests are about what no parser lets through.
import type { IdentityPublicKey, PresenceKey, StaticKeyPair, StaticPublicKey } from '../crypto/keys.ts';
import type { X25519KeyPair } from '../crypto/primitives.ts';

export const asIdentityKey = (bytes: Uint8Array): IdentityPublicKey => bytes as IdentityPublicKey;
export const asStaticKey = (bytes: Uint8Array): StaticPublicKey => bytes as StaticPublicKey;
export const asPresenceKey = (bytes: Uint8Array): PresenceKey => bytes as unknown as PresenceKey;
export const asStaticKeyPair = (pair: X25519KeyPair): StaticKeyPair => pair as StaticKeyPair;
