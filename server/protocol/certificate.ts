// The static-key certificate (SPEC §1): the identity key says which X25519 static key, of which device and generation,
// speaks for it. Whether a generation is newer than the one known is the engine's to decide.
import { concat, u32, utf8 } from '../crypto/bytes.ts';
import type { IdentityPublicKey, StaticPublicKey } from '../crypto/keys.ts';
import type { Ed25519PrivateKey, Primitives } from '../crypto/primitives.ts';

export interface StaticKeyClaim {
  readonly staticKey: StaticPublicKey;
  /** 0 for now: one identity on several devices is to come. */
  readonly device: number;
  /** Rises by one with every new static key of a device. */
  readonly generation: number;
}

const LABEL = concat(utf8('loom/2 static-key certificate'), Uint8Array.of(0));

/** @returns 64 bytes, an Ed25519 signature by the identity key. */
export function signCertificate(
  primitives: Primitives,
  identityKey: Ed25519PrivateKey,
  claim: StaticKeyClaim,
): Uint8Array {
  return primitives.ed25519Sign(identityKey, statement(claim));
}

/** False for a bad signature and for an identity key that is non-canonical or of small order. */
export function verifyCertificate(
  primitives: Primitives,
  identityKey: IdentityPublicKey,
  claim: StaticKeyClaim,
  certificate: Uint8Array,
): boolean {
  return primitives.ed25519Verify(identityKey, statement(claim), certificate);
}

function statement({ staticKey, device, generation }: StaticKeyClaim): Uint8Array {
  return concat(LABEL, staticKey, u32(device), u32(generation));
}
