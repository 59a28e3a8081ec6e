// The proof of an invite (SPEC §3): bound to one link, it shows that its bearer knows the secret without telling it; and the
// answer to an invite that has ended. Which invites there are is the engine's to know.
import { concat, utf8 } from '../crypto/bytes.ts';
import type { Primitives } from '../crypto/primitives.ts';
import { INVITE_PROOF_BYTES } from './limits.ts';

/** Why an invite was refused, in a responder's HELLO. */
export const REFUSED = { used: 1, expired: 2, revoked: 3 } as const;

const LABEL = utf8('loom/2 invite');

/** First 16 bytes of HMAC(invite secret, "loom/2 invite" ‖ handshake hash). */
export function inviteProof(
  primitives: Pick<Primitives, 'hmacSha256'>,
  secret: Uint8Array,
  handshakeHash: Uint8Array,
): Uint8Array {
  return primitives.hmacSha256(secret, concat(LABEL, handshakeHash)).slice(0, INVITE_PROOF_BYTES);
}
