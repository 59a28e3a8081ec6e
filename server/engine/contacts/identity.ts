// Ourselves, as the network sees us: keys derived from the master seed, the certificate, the token.
import { wipe } from '../../crypto/bytes.ts';
import { deriveIdentity, parseMasterSeed, type IdentityKeys } from '../../crypto/keys.ts';
import type { Primitives } from '../../crypto/primitives.ts';
import { signCertificate } from '../../protocol/certificate.ts';
import { encodeToken } from '../../protocol/token.ts';
import type { IdentityRecord } from '../../storage/tables/identity.ts';

export interface OurIdentity {
  readonly keys: IdentityKeys;
  readonly device: number;
  readonly generation: number;
  /** Our identity key's signature over the static key, protocol §1. */
  readonly certificate: Uint8Array;
  /** What others add us by. */
  readonly token: string;
}

export function ourIdentity(primitives: Primitives, record: IdentityRecord): OurIdentity {
  const seed = parseMasterSeed(record.masterSeed);
  const keys = deriveIdentity(primitives, seed);
  wipe(seed);
  const { device, generation } = record;
  const staticKey = keys.staticKey.publicKey;
  return {
    keys,
    device,
    generation,
    certificate: signCertificate(primitives, keys.identityKey.privateKey, { staticKey, device, generation }),
    token: encodeToken(primitives, { version: 1, identityKey: keys.identityKey.publicKey, staticKey }),
  };
}
