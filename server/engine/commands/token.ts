// Identity tokens as people paste them.
import { CommandError, errorCodes, type ErrorCode } from '../../contract/errors.ts';
import type { Primitives } from '../../crypto/primitives.ts';
import { ProtocolError } from '../../protocol/errors.ts';
import { parseToken, type InviteToken } from '../../protocol/token.ts';

export interface TokenKeys {
  readonly version: 1 | 2;
  readonly identityKey: Uint8Array;
  readonly staticKey: Uint8Array;
  readonly device: number;
  readonly generation: number;
  /** Null: the token is a card, not an invite. */
  readonly invite: Pick<InviteToken, 'secret' | 'expiry' | 'endpoints'> | null;
}

/** @throws CommandError with the token-… code that names what is wrong. */
export function readToken(primitives: Primitives, text: string): TokenKeys {
  try {
    const token = parseToken(primitives, text);
    const { version, identityKey, staticKey } = token;
    // Version 1 knows neither device nor generation: both begin at 0.
    if (token.version === 1) return { version, identityKey, staticKey, device: 0, generation: 0, invite: null };
    const { device, generation, secret, expiry, endpoints } = token;
    return { version, identityKey, staticKey, device, generation, invite: { secret, expiry, endpoints } };
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    throw new CommandError(tokenCode(error.code), 'this is not a valid identity token');
  }
}

function tokenCode(code: string): ErrorCode {
  return errorCodes.find((known) => known === code) ?? 'token-encoding';
}
