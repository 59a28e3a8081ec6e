// What the six digits become (SPEC §8): a CPace run bound to the link it happens in and to both identities, and the two
// tags that show each side that the other has typed or shown the same digits.
import { utf8 } from '../../crypto/bytes.ts';
import type { Primitives } from '../../crypto/primitives.ts';
import { ProtocolError } from '../errors.ts';
import { PAIR_CODE_DIGITS } from '../limits.ts';
import { generator, intermediateKey, lvCat, scalarFrom, SCALAR_SEED_BYTES, sharedPoint, shareOf } from './cpace.ts';

/** Where a pairing happens; the same on both sides. */
export interface PairContext {
  readonly primitives: Primitives;
  /** Random bytes of the given length. */
  readonly random: (length: number) => Uint8Array;
  /** Of the link, 32 bytes: a run is worth nothing in any other. */
  readonly handshakeHash: Uint8Array;
  readonly hostIk: Uint8Array;
  readonly guestIk: Uint8Array;
}

export interface Offer {
  readonly scalar: Uint8Array;
  /** What goes over the link, Ya or Yb. */
  readonly y: Uint8Array;
}

export interface Tags {
  readonly guest: Uint8Array;
  readonly host: Uint8Array;
}

const LABEL = utf8('loom/2 pair');
const KEY_LABEL = utf8('loom/2 pair key');
const GUEST_LABEL = utf8('loom/2 pair guest');
const HOST_LABEL = utf8('loom/2 pair host');
const CODES = 10 ** PAIR_CODE_DIGITS;
/** The largest multiple of CODES that four bytes hold: what is above would favour small codes. */
const FAIR = Math.floor(2 ** 32 / CODES) * CODES;

/** Six digits, each code as likely as any other. */
export function newCode(random: PairContext['random']): string {
  for (;;) {
    const value = Buffer.from(random(4)).readUInt32BE(0);
    if (value < FAIR) return String(value % CODES).padStart(PAIR_CODE_DIGITS, '0');
  }
}

export function isCode(text: string): boolean {
  return text.length === PAIR_CODE_DIGITS && /^[0-9]+$/.test(text);
}

/** A fresh scalar for one run, and its share under the code's generator. */
export function offer({ primitives, random, handshakeHash, hostIk, guestIk }: PairContext, code: string): Offer {
  const channel = lvCat(LABEL, hostIk, guestIk);
  const base = generator(primitives, { secret: utf8(code), channel, session: handshakeHash });
  const scalar = scalarFrom(random(SCALAR_SEED_BYTES));
  return { scalar, y: shareOf(scalar, base) };
}

/** Both tags of a run. @throws ProtocolError pair-point: no point, or the neutral element. */
export function tags(
  { primitives, handshakeHash, hostIk, guestIk }: PairContext,
  scalar: Uint8Array,
  guestY: Uint8Array,
  hostY: Uint8Array,
  theirs: Uint8Array,
): Tags {
  const shared = sharedPoint(scalar, theirs);
  if (!shared) throw new ProtocolError('pair-point');
  const guest = { point: guestY, ad: guestIk };
  const host = { point: hostY, ad: hostIk };
  const key = primitives.hmacSha256(intermediateKey(primitives, handshakeHash, shared, guest, host), KEY_LABEL);
  return { guest: primitives.hmacSha256(key, GUEST_LABEL), host: primitives.hmacSha256(key, HOST_LABEL) };
}
