// Identity tokens as people paste them.
import { CommandError, errorCodes, type ErrorCode } from '../../contract/errors.ts';
import { tokenRuns, type TokenRun } from '../../contract/words/pasted-token.ts';
import { equal } from '../../crypto/bytes.ts';
import type { IdentityPublicKey, StaticPublicKey } from '../../crypto/keys.ts';
import type { Primitives } from '../../crypto/primitives.ts';
import { ProtocolError } from '../../protocol/errors.ts';
import {
  encodeToken,
  parseToken,
  TOKEN_PREFIX,
  tokenLength,
  type IdentityToken,
  type InviteToken,
} from '../../protocol/token.ts';

export interface TokenKeys {
  /** The token itself, as it was printed. */
  readonly text: string;
  readonly version: 1 | 2;
  readonly identityKey: IdentityPublicKey;
  readonly staticKey: StaticPublicKey;
  readonly device: number;
  readonly generation: number;
  /** Left out: the static key is what the card says. */
  readonly certificate?: Uint8Array | undefined;
  /** Null: the token is a card, not an invite. */
  readonly invite: Pick<InviteToken, 'secret' | 'expiry' | 'name' | 'endpoints'> | null;
}

/**
 * The token in a text. Of several the first that is not our own: a reply quotes what it answers.
 * @param ours our identity key, once there is one.
 * @throws CommandError with the token-… code that names what is wrong with the only one, or with the first.
 */
export function readToken(primitives: Primitives, text: string, ours?: IdentityPublicKey): TokenKeys {
  const written = tokenRuns(text).map(tokenIn);
  const read = (written.length > 0 ? written : [text]).map((each) => parsed(primitives, each));
  const sound = read.flatMap((each) => (each instanceof ProtocolError ? [] : [each]));
  const token = sound.find(({ identityKey }) => !ours || !equal(identityKey, ours)) ?? sound[0];
  if (token) return { text: encodeToken(primitives, token), ...keysOf(token) };
  const [wrong] = read;
  const code = wrong instanceof ProtocolError ? wrong.code : 'token-prefix';
  throw new CommandError(tokenCode(code), 'this is not a valid identity token');
}

/** As many characters as the token says it has; what follows them is of the text around it. */
function tokenIn({ written, foreign }: TokenRun): string {
  const length = tokenLength(written);
  return TOKEN_PREFIX + (length !== null && written.length >= length ? written.slice(0, length) : written + foreign);
}

function parsed(primitives: Primitives, text: string): IdentityToken | ProtocolError {
  try {
    return parseToken(primitives, text);
  } catch (error) {
    if (error instanceof ProtocolError) return error;
    throw error;
  }
}

function keysOf(token: IdentityToken): Omit<TokenKeys, 'text'> {
  const { version, identityKey, staticKey } = token;
  // Version 1 knows neither device nor generation, both of which begin at 0, and proves no key.
  if (token.version === 1) return { version, identityKey, staticKey, device: 0, generation: 0, invite: null };
  const { device, generation, certificate, ...invite } = token;
  return { version, identityKey, staticKey, device, generation, certificate, invite };
}

function tokenCode(code: string): ErrorCode {
  return errorCodes.find((known) => known === code) ?? 'token-encoding';
}
