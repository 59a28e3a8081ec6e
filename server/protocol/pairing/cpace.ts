// CPace (draft-irtf-cfrg-cpace), CPACE-RISTR255-SHA512, initiator and responder: two sides that share a short secret
// agree on a long key, and without the secret one run tells nothing but whether one guess was right.
// Group arithmetic is @noble/curves'. It knows nothing of codes, records or identities.
import { ristretto255, ristretto255_hasher } from '@noble/curves/ed25519.js';
import { concat, utf8 } from '../../crypto/bytes.ts';
import type { Primitives } from '../../crypto/primitives.ts';

type Sha512 = Pick<Primitives, 'sha512'>;
type Point = InstanceType<typeof ristretto255.Point>;

/** What a secret scalar is made from: twice its length, so that the remainder is as good as uniform. */
export const SCALAR_SEED_BYTES = 64;

const DSI = utf8('CPaceRistretto255');
const DSI_ISK = utf8('CPaceRistretto255_ISK');
/** SHA-512's input block, H.s_in_bytes. */
const BLOCK_BYTES = 128;
const { Point } = ristretto255;
const { ORDER } = Point.Fn;

export interface CpaceInput {
  /** PRS, the short secret. */
  readonly secret: Uint8Array;
  /** CI, who the two are. */
  readonly channel: Uint8Array;
  /** sid, unique to this run. */
  readonly session: Uint8Array;
}

/** What one side has said: Y and AD. */
export interface Share {
  /** 32 bytes. */
  readonly point: Uint8Array;
  /** Associated data. */
  readonly ad: Uint8Array;
}

/** lv_cat (draft, "Definitions for string utilities"): each part behind its length. */
export function lvCat(...parts: readonly Uint8Array[]): Uint8Array {
  return concat(...parts.flatMap((part) => [leb128(part.length), part]));
}

/** generator_string: the secret fills the hash's first block, padded, so that its length does not show in the timing. */
export function generatorString({ secret, channel, session }: CpaceInput): Uint8Array {
  const padding = Math.max(0, BLOCK_BYTES - 1 - lvCat(secret).length - lvCat(DSI).length);
  return lvCat(DSI, secret, new Uint8Array(padding), channel, session);
}

/** G.calculate_generator: a point whose logarithm is unknown. @returns 32 bytes. */
export function generator(primitives: Sha512, input: CpaceInput): Uint8Array {
  // RFC 9496 §4.3.4, element derivation, which is what the draft asks for; not the hash to curve of RFC 9380.
  const point = ristretto255_hasher.deriveToCurve?.(primitives.sha512(generatorString(input)));
  if (!point) throw new Error('the library derives no elements');
  return point.toBytes();
}

/** G.sample_scalar. @param seed SCALAR_SEED_BYTES random bytes. @returns 1 to the order − 1, in 32 bytes, little-endian. */
export function scalarFrom(seed: Uint8Array): Uint8Array {
  if (seed.length !== SCALAR_SEED_BYTES) throw new Error('a scalar is made from 64 random bytes');
  const scalar = (littleEndian(seed) % (ORDER - 1n)) + 1n;
  return Uint8Array.from(Buffer.from(scalar.toString(16).padStart(64, '0'), 'hex').reverse());
}

/** G.scalar_mult(scalar, generator): our Y. */
export function shareOf(scalar: Uint8Array, base: Uint8Array): Uint8Array {
  return Point.fromBytes(base).multiply(littleEndian(scalar)).toBytes();
}

/**
 * G.scalar_mult_vfy: the point both reach.
 * @returns 32 bytes, or null for what encodes no point and for the neutral element: abort then.
 */
export function sharedPoint(scalar: Uint8Array, theirs: Uint8Array): Uint8Array | null {
  const point = decode(theirs);
  if (!point || point.is0()) return null;
  return point.multiply(littleEndian(scalar)).toBytes();
}

/** ISK_IR: the key, bound to all that both have said. @param shared from `sharedPoint`. @returns 64 bytes. */
export function intermediateKey(
  primitives: Sha512,
  session: Uint8Array,
  shared: Uint8Array,
  initiator: Share,
  responder: Share,
): Uint8Array {
  const transcript = concat(lvCat(initiator.point, initiator.ad), lvCat(responder.point, responder.ad));
  return primitives.sha512(concat(lvCat(DSI_ISK, session, shared), transcript));
}

function decode(bytes: Uint8Array): Point | null {
  try {
    return Point.fromBytes(bytes);
  } catch {
    // The library says so for every 32 bytes that are no canonical encoding (RFC 9496 §4.3.1).
    return null;
  }
}

/** Seven bits a byte, the last one without the top bit. */
function leb128(length: number): Uint8Array {
  const bytes: number[] = [];
  let rest = length;
  for (; rest > 0x7f; rest >>>= 7) bytes.push((rest & 0x7f) | 0x80);
  return Uint8Array.from([...bytes, rest]);
}

function littleEndian(bytes: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(bytes).reverse().toString('hex')}`);
}
