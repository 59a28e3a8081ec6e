// Which 32 bytes are acceptable as public keys and signatures on Curve25519, told from the encoding alone.
// Libraries disagree here (OpenSSL verifies under small-order keys, tweetnacl takes S ≥ L), so both implementations ask
// this module first. It knows no curve arithmetic: that a key lies on the curve is found by the first use of it.
import { ED25519_PUBLIC_KEY_LENGTH, ED25519_SIGNATURE_LENGTH, X25519_KEY_LENGTH } from './lengths.ts';

const P = 2n ** 255n - 19n;
/** The order of the base point, RFC 8032 §5.1. */
const L = 2n ** 252n + 27742317777372353535851937790883648493n;

/** One of the points of order 8; the others have this y or its negative. */
const ORDER_8_Y = 0x05fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95e826n;

/** y of the eight points whose order divides 8 (± x share a y): order 4, 1, 2, and the two of order 8. */
const SMALL_ORDER_Y = [0n, 1n, P - 1n, ORDER_8_Y, P - ORDER_8_Y];

/** u of the points of order 1, 2, 4 and 8 on the curve and its twist, with the non-canonical encodings of 0 and 1. */
const LOW_ORDER_U = [
  0n,
  1n,
  P - 1n,
  P,
  P + 1n,
  0x00b8495f16056286fdb1329ceb8d09da6ac49ff1fae35616aeb8413b7c7aebe0n,
  0x57119fd0dd4e22d8868e1c58c45c44045bef839c55b1d0b1248c50a3bc959c5fn,
];

const smallOrderY = SMALL_ORDER_Y.map(encode);
const lowOrderU = LOW_ORDER_U.map(encode);
const prime = encode(P);
const order = encode(L);

/**
 * RFC 8032 §5.1.3: canonical (y < p), and not of small order, under which anybody can sign anything.
 * That excludes the two encodings with x = 0 and a sign bit as well: their y is 1 or -1.
 */
export function isValidEd25519PublicKey(bytes: Uint8Array): boolean {
  if (bytes.length !== ED25519_PUBLIC_KEY_LENGTH) return false;
  return isBelow(bytes, prime, 0x7f) && !smallOrderY.some((y) => isSame(bytes, y));
}

/** RFC 8032 §5.1.7: 64 bytes with S < L; otherwise every signature would have a twin. */
export function isCanonicalSignature(signature: Uint8Array): boolean {
  return (
    signature.length === ED25519_SIGNATURE_LENGTH &&
    isBelow(signature.subarray(ED25519_SIGNATURE_LENGTH - 32), order, 0xff)
  );
}

/** RFC 7748 §6.1: whether every X25519 with this public key is all zero. The top bit does not count, as in X25519. */
export function isLowOrderX25519(bytes: Uint8Array): boolean {
  return bytes.length === X25519_KEY_LENGTH && lowOrderU.some((u) => isSame(bytes, u));
}

/** Little-endian a < b. `topMask` picks the bits of the last byte of a that count. Not in constant time: all is public. */
function isBelow(a: Uint8Array, b: Uint8Array, topMask: number): boolean {
  for (let i = b.length - 1; i >= 0; i -= 1) {
    const difference = byteOf(a, i, topMask) - (b[i] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}

/** Equal but for the top bit of a. */
function isSame(a: Uint8Array, b: Uint8Array): boolean {
  for (let i = 0; i < b.length; i += 1) if (byteOf(a, i, 0x7f) !== b[i]) return false;
  return true;
}

function byteOf(bytes: Uint8Array, index: number, topMask: number): number {
  const byte = bytes[index] ?? 0;
  return index === 31 ? byte & topMask : byte;
}

function encode(value: bigint): Uint8Array {
  return new Uint8Array(Buffer.from(value.toString(16).padStart(64, '0'), 'hex').reverse());
}
