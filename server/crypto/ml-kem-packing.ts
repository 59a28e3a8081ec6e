// Polynomials of ML-KEM as bytes: so many bits of each coefficient, the least first (FIPS 203 §4.2.1), and the rounding
// that makes coefficients fit. Secrets pass through here, so nothing divides: quotients are products by 1/q, exact for
// all that occurs. It knows no keys.
import { N, Q, type Polynomial } from './ml-kem-ring.ts';

/** Bits of a coefficient that is not rounded. */
export const WHOLE = 12;

/** FIPS 203 algorithm 5, of the coefficients modulo q: 32 bytes for each bit. */
export function pack(f: Polynomial, bits: number, into: Uint8Array, start: number): void {
  let held = 0;
  let count = 0;
  let at = start;
  for (let i = 0; i < N; i += 1) {
    held |= fromZero(f[i] ?? 0) << count;
    for (count += bits; count >= 8; count -= 8) {
      into[at++] = held;
      held >>>= 8;
    }
  }
}

/** FIPS 203 algorithm 6. Coefficients of 12 bits may be q and above. */
export function unpack(bytes: Uint8Array, bits: number, start: number): Polynomial {
  const f = new Int16Array(N);
  const mask = (1 << bits) - 1;
  let held = 0;
  let count = 0;
  let at = start;
  for (let i = 0; i < N; i += 1) {
    for (; count < bits; count += 8) held |= (bytes[at++] ?? 0) << count;
    f[i] = held & mask;
    held >>>= bits;
    count -= bits;
  }
  return f;
}

/** Whether every coefficient is below q: the modulus check of a public key, FIPS 203 §7.2. Not for secrets. */
export function isBelowQ(f: Polynomial): boolean {
  return f.every((a) => a < Q);
}

/** Compress_d, FIPS 203 §4.2.1, in place: round(2^bits / q · a) modulo 2^bits. */
export function compress(f: Polynomial, bits: number): Polynomial {
  const mask = (1 << bits) - 1;
  for (let i = 0; i < N; i += 1) f[i] = quotient((fromZero(f[i] ?? 0) << bits) + (Q >> 1)) & mask;
  return f;
}

/** Decompress_d, in place: round(q / 2^bits · a). */
export function decompress(f: Polynomial, bits: number): Polynomial {
  const half = 1 << (bits - 1);
  for (let i = 0; i < N; i += 1) f[i] = (Math.imul(f[i] ?? 0, Q) + half) >> bits;
  return f;
}

/** Between -q and q before, from 0 on after. */
function fromZero(a: number): number {
  return a + (Q & (a >> 31));
}

/** Rounded down. Half a unit more keeps the product away from whole numbers, by more than a double is wrong. */
function quotient(n: number): number {
  return ((n + 0.5) * (1 / Q)) | 0;
}
