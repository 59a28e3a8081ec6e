import { describe, expect, it } from 'vitest';
import { concat, fromHex } from './bytes.ts';
import { portableKem } from './kem/kem-portable.ts';
import { nativePrimitives } from './native.ts';
import { isCanonicalSignature, isLowOrderX25519, isValidEd25519PublicKey } from './points.ts';
import { portablePrimitives } from './portable.ts';

// Edwards25519 in the plainest form (RFC 8032 §5.1), to find the small-order points instead of trusting the list.
const P = 2n ** 255n - 19n;
const L = 2n ** 252n + 27742317777372353535851937790883648493n;
const mod = (value: bigint) => ((value % P) + P) % P;
function power(base: bigint, exponent: bigint): bigint {
  let [result, square] = [1n, mod(base)];
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = mod(result * square);
    square = mod(square * square);
  }
  return result;
}
const inverse = (value: bigint) => power(value, P - 2n);
const D = mod(-121665n * inverse(121666n));
const ROOT = power(2n, (P - 1n) / 4n);
interface Point {
  readonly x: bigint;
  readonly y: bigint;
}
function add(a: Point, b: Point): Point {
  const product = mod(D * a.x * b.x * a.y * b.y);
  return {
    x: mod((a.x * b.y + a.y * b.x) * inverse(1n + product)),
    y: mod((a.y * b.y + a.x * b.x) * inverse(1n - product)),
  };
}
function times(scalar: bigint, point: Point): Point {
  let [result, double]: [Point, Point] = [{ x: 0n, y: 1n }, point];
  for (let rest = scalar; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = add(result, double);
    double = add(double, double);
  }
  return result;
}
function pointWithY(y: bigint): Point | null {
  const square = mod((y * y - 1n) * inverse(D * y * y + 1n));
  const guess = power(square, (P + 3n) / 8n);
  const x = mod(guess * guess) === square ? guess : mod(guess * ROOT);
  return mod(x * x) === square ? { x, y } : null;
}
/** Little-endian. */
const encode = (value: bigint) => fromHex(value.toString(16).padStart(64, '0')).reverse();
const SIGN = 2n ** 255n;

/** The eight points [L]Q, for a Q of full order: all there are of order 1, 2, 4 and 8. */
function smallOrderPoints(): Point[] {
  for (let y = 2n; ; y += 1n) {
    const point = pointWithY(y);
    const torsion = point && times(L, point);
    if (torsion && times(4n, torsion).y !== 1n) return Array.from({ length: 8 }, (_, i) => times(BigInt(i), torsion));
  }
}

describe('Ed25519 public keys', () => {
  it('are refused if they encode one of the eight small-order points, in whatever way', () => {
    const points = smallOrderPoints();
    expect(new Set(points.map(({ x, y }) => `${x}/${y}`)).size).toBe(8);
    for (const { y } of points) {
      for (const value of [y, y + P].filter((one) => one < SIGN)) {
        expect(isValidEd25519PublicKey(encode(value))).toBe(false);
        expect(isValidEd25519PublicKey(encode(value + SIGN))).toBe(false);
      }
    }
  });

  it('of small order verify nothing: R = 1, S = 0 would hold for every message, or for one in a few', () => {
    const forged = concat(encode(1n), encode(0n));
    for (const p of [nativePrimitives(portableKem), portablePrimitives(portableKem)]) {
      for (const { y } of smallOrderPoints()) {
        for (let message = 0; message < 40; message += 1) {
          expect(p.ed25519Verify(encode(y), Uint8Array.of(message), forged)).toBe(false);
          expect(p.ed25519Verify(encode(y + SIGN), Uint8Array.of(message), forged)).toBe(false);
        }
      }
    }
  });

  it('are refused from p on, whatever the sign', () => {
    for (let i = 0n; i < 19n; i += 1n) {
      expect(isValidEd25519PublicKey(encode(P + i))).toBe(false);
      expect(isValidEd25519PublicKey(encode(P + i + SIGN))).toBe(false);
    }
    expect(isValidEd25519PublicKey(encode(P - 2n))).toBe(true);
    expect(isValidEd25519PublicKey(encode(P - 2n + SIGN))).toBe(true);
  });

  it('are 32 bytes', () => {
    const base = encode(mod(4n * inverse(5n)));
    expect(isValidEd25519PublicKey(base)).toBe(true);
    expect(isValidEd25519PublicKey(base.subarray(1))).toBe(false);
    expect(isValidEd25519PublicKey(concat(base, base))).toBe(false);
  });
});

describe('Ed25519 signatures', () => {
  const signature = (s: bigint) => concat(new Uint8Array(32).fill(0xff), encode(s));

  it('have S below the order of the base point', () => {
    for (const s of [0n, 1n, L - 1n]) expect(isCanonicalSignature(signature(s))).toBe(true);
    for (const s of [L, L + 1n, 2n * L, SIGN, 2n * SIGN - 1n]) expect(isCanonicalSignature(signature(s))).toBe(false);
  });

  it('are 64 bytes', () => {
    expect(isCanonicalSignature(signature(1n).subarray(1))).toBe(false);
    expect(isCanonicalSignature(concat(signature(1n), new Uint8Array(1)))).toBe(false);
  });
});

describe('X25519 public keys', () => {
  const p = portablePrimitives(portableKem);
  const scalar = p.x25519PrivateKey(new Uint8Array(32).fill(0x51));
  // u = (1 + y) / (1 − y) takes Edwards points to the curve, RFC 7748 §4.1.
  const onCurve = smallOrderPoints().map(({ y }) => mod((1n + y) * inverse(1n - y)));
  const lowOrder = [...onCurve, P - 1n, P, P + 1n];

  it('are of low order exactly where X25519 is all zero', () => {
    for (const u of lowOrder) {
      for (const value of [u, u + SIGN]) {
        expect(isLowOrderX25519(encode(value))).toBe(true);
        expect(p.x25519(scalar, encode(value))).toBeNull();
      }
    }
    for (const u of [2n, 9n, P - 2n, P + 2n, P + 18n, ...onCurve.map((one) => one + 3n)]) {
      expect(isLowOrderX25519(encode(u))).toBe(false);
      expect(p.x25519(scalar, encode(u))).not.toBeNull();
    }
    expect(isLowOrderX25519(new Uint8Array(31))).toBe(false);
  });
});
