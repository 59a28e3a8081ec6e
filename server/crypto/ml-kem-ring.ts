// The ring of ML-KEM (FIPS 203 §4): polynomials of 256 coefficients modulo 3329, their number-theoretic transform, and how
// they are drawn from bytes. Secrets decide no branch, no index and no division: products are
// reduced as Montgomery and Barrett do, by multiplying and shifting. It knows no keys and no hashes.
//
// Montgomery arithmetic puts a factor 2^-16 into each product of two polynomials; `fromNtt` takes it out again.

/** Coefficients between -q and q, unless said otherwise. */
export type Polynomial = Int16Array;
/** FIPS 203 table 2: k of ML-KEM-768 is 3. */
export type Vector = readonly [Polynomial, Polynomial, Polynomial];

export const N = 256;
export const Q = 3329;

/** q^-1 mod 2^16. */
const Q_INVERSE = -3327;
/** 2^26 / q, rounded. */
const BARRETT = 20159;
/** 2^32 mod q: takes a product of `multiply` back to what it would be without the factor. */
const R_SQUARED = 1353;
/** 2^32 / 128 mod q: what `fromNtt` ends with, FIPS 203 algorithm 10, and the factor. */
const R_SQUARED_BY_128 = 1441;

/** 17^BitRev7(i) · 2^16, FIPS 203 §4.3, between -q/2 and q/2. */
const ZETAS = Int16Array.from({ length: 128 }, (_, index) => {
  let power = 2 ** 16 % Q;
  for (let bit = 0; bit < 7; bit += 1) {
    if ((index >> bit) & 1) for (let times = 0; times < 64 >> bit; times += 1) power = (power * 17) % Q;
  }
  return power > Q / 2 ? power - Q : power;
});

/** a · 2^-16 mod q, between -q and q, for |a| < q · 2^15. */
function montgomery(a: number): number {
  return (a - Math.imul((Math.imul(a, Q_INVERSE) << 16) >> 16, Q)) >> 16;
}

function times(a: number, b: number): number {
  return montgomery(Math.imul(a, b));
}

/** a mod q, between -q/2 and q/2, for any 16 bits. */
function reduced(a: number): number {
  return a - Math.imul((Math.imul(BARRETT, a) + 2 ** 25) >> 26, Q);
}

function reduce(f: Polynomial): void {
  for (let i = 0; i < N; i += 1) f[i] = reduced(f[i] ?? 0);
}

/** FIPS 203 algorithm 9, in place. */
export function toNtt(f: Polynomial): Polynomial {
  for (let length = 128, k = 1; length >= 2; length >>= 1) {
    for (let start = 0; start < N; start += 2 * length, k += 1) {
      const zeta = ZETAS[k] ?? 0;
      for (let j = start; j < start + length; j += 1) {
        const a = f[j] ?? 0;
        const b = times(zeta, f[j + length] ?? 0);
        f[j] = a + b;
        f[j + length] = a - b;
      }
    }
  }
  reduce(f);
  return f;
}

/** FIPS 203 algorithm 10, in place, of what `multiply` gave: without its factor then. */
export function fromNtt(f: Polynomial): Polynomial {
  for (let length = 2, k = 127; length <= 128; length <<= 1) {
    for (let start = 0; start < N; start += 2 * length, k -= 1) {
      const zeta = ZETAS[k] ?? 0;
      for (let j = start; j < start + length; j += 1) {
        const a = f[j] ?? 0;
        const b = f[j + length] ?? 0;
        f[j] = reduced(a + b);
        f[j + length] = times(zeta, b - a);
      }
    }
  }
  for (let i = 0; i < N; i += 1) f[i] = times(f[i] ?? 0, R_SQUARED_BY_128);
  return f;
}

/**
 * The sum of the products of both vectors' entries in the NTT domain, FIPS 203 algorithms 11 and 12, times 2^-16.
 * Reduced once: six products of numbers below q are 6 · q², less than q · 2^15.
 */
export function multiply([f, g, h]: Vector, [x, y, z]: Vector): Polynomial {
  const sum = new Int16Array(N);
  for (let i = 0; i < N; i += 2) {
    const zeta = ZETAS[64 + (i >> 2)] ?? 0;
    const gamma = i & 2 ? -zeta : zeta;
    sum[i] = montgomery(evenOfProduct(f, x, i, gamma) + evenOfProduct(g, y, i, gamma) + evenOfProduct(h, z, i, gamma));
    sum[i + 1] = montgomery(oddOfProduct(f, x, i) + oddOfProduct(g, y, i) + oddOfProduct(h, z, i));
  }
  return sum;
}

function evenOfProduct(f: Polynomial, g: Polynomial, i: number, gamma: number): number {
  return Math.imul(f[i] ?? 0, g[i] ?? 0) + Math.imul(times(f[i + 1] ?? 0, g[i + 1] ?? 0), gamma);
}

function oddOfProduct(f: Polynomial, g: Polynomial, i: number): number {
  return Math.imul(f[i] ?? 0, g[i + 1] ?? 0) + Math.imul(f[i + 1] ?? 0, g[i] ?? 0);
}

/** What `multiply` gave, without its factor, still in the NTT domain. */
export function withoutFactor(f: Polynomial): Polynomial {
  for (let i = 0; i < N; i += 1) f[i] = times(f[i] ?? 0, R_SQUARED);
  return f;
}

/** f + g, in place of f. */
export function add(f: Polynomial, g: Polynomial): Polynomial {
  for (let i = 0; i < N; i += 1) f[i] = reduced((f[i] ?? 0) + (g[i] ?? 0));
  return f;
}

/** f - g, in place of f. */
export function subtract(f: Polynomial, g: Polynomial): Polynomial {
  for (let i = 0; i < N; i += 1) f[i] = reduced((f[i] ?? 0) - (g[i] ?? 0));
  return f;
}

/** FIPS 203 algorithm 7, of public bytes. @returns null when they do not yield 256 coefficients. */
export function drawUniform(bytes: Uint8Array): Polynomial | null {
  const f = new Int16Array(N);
  let count = 0;
  for (let at = 0; at + 2 < bytes.length && count < N; at += 3) {
    const middle = bytes[at + 1] ?? 0;
    const low = (bytes[at] ?? 0) | ((middle & 15) << 8);
    const high = (middle >> 4) | ((bytes[at + 2] ?? 0) << 4);
    if (low < Q) f[count++] = low;
    if (high < Q && count < N) f[count++] = high;
  }
  return count < N ? null : f;
}

/** FIPS 203 algorithm 8 with η = 2, of 128 bytes: two bits less two bits each. */
export function drawNoise(bytes: Uint8Array): Polynomial {
  const f = new Int16Array(N);
  for (let i = 0; i < N; i += 2) {
    const byte = bytes[i >> 1] ?? 0;
    const pairs = (byte & 0x55) + ((byte >> 1) & 0x55);
    f[i] = (pairs & 3) - ((pairs >> 2) & 3);
    f[i + 1] = ((pairs >> 4) & 3) - (pairs >> 6);
  }
  return f;
}
