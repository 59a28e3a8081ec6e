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
  /** Left out: the static key is what the card says. */
  readonly certificate?: Uint8Array | undefined;
  /** Null: the token is a card, not an invite. */
  readonly invite: Pick<InviteToken, 'secret' | 'expiry' | 'endpoints'> | null;
}

/** @throws CommandError with the token-… code that names what is wrong. */
export function readToken(primitives: Primitives, text: string): TokenKeys {
  try {
    const token = parseToken(primitives, text);
    const { version, identityKey, staticKey } = token;
    // Version 1 knows neither device nor generation, both of which begin at 0, and proves no key.
    if (token.version === 1) return { version, identityKey, staticKey, device: 0, generation: 0, invite: null };
    const { device, generation, certificate, secret, expiry, endpoints } = token;
    const invite = { secret, expiry, endpoints };
    return { version, identityKey, staticKey, device, generation, certificate, invite };
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    throw new CommandError(tokenCode(error.code), 'this is not a valid identity token');
  }
}

function tokenCode(code: string): ErrorCode {
  return errorCodes.find((known) => known === code) ?? 'token-encoding';
}
