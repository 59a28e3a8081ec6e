// ML-KEM-768 (FIPS 203) with the lattice in JavaScript and Keccak by node:crypto: for a Node whose OpenSSL has SHA-3 but no
// ML-KEM, in a quarter of the time of a whole one in JavaScript. What a private key was made with stays with it, the matrix
// above all: opening a ciphertext encrypts once more (FIPS 203 algorithm 18), and need not draw it again.
// It knows lengths and randomness as its callers give them.
import { createHash, hash, timingSafeEqual } from 'node:crypto';
import { concat, wipe } from './bytes.ts';
import { KEM_CIPHERTEXT_LENGTH, KEM_PUBLIC_KEY_LENGTH } from './lengths.ts';
import { compress, decompress, isBelowQ, pack, unpack, WHOLE } from './ml-kem-packing.ts';
import {
  add,
  drawNoise,
  drawUniform,
  fromNtt,
  multiply,
  subtract,
  toNtt,
  withoutFactor,
  type Polynomial,
  type Vector,
} from './ml-kem-ring.ts';

/** FIPS 203 table 2, ML-KEM-768. */
const K = 3;
const U_BITS = 10;
const V_BITS = 4;
/** Of a packed polynomial, for each bit of a coefficient. */
const BYTES_PER_BIT = 32;
const POLYNOMIAL_BYTES = BYTES_PER_BIT * WHOLE;
const SEED_BYTES = 32;
/** PRF_2, FIPS 203 §4.1: 64η bytes. */
const NOISE_BYTES = 128;
/** Three blocks of SHAKE128, enough for a polynomial in 124 of 125 cases. */
const UNIFORM_BYTES = 504;

type Matrix = readonly [Vector, Vector, Vector];

/** What encrypting needs: A, column by column, t, and H(ek). */
interface Encapsulator {
  readonly columns: Matrix;
  readonly t: Vector;
  readonly keyHash: Uint8Array;
}

/** Everything but `z` and `s` is public. */
export interface MlKemPrivateKey extends Encapsulator {
  readonly s: Vector;
  /** For implicit rejection, 32 bytes. */
  readonly z: Uint8Array;
}

/** FIPS 203 algorithm 16. @param seed d ‖ z. */
export function keyPair(seed: Uint8Array): { publicKey: Uint8Array; privateKey: MlKemPrivateKey } {
  const seeds = hashToSeeds(seed.subarray(0, SEED_BYTES), Uint8Array.of(K));
  const rho = seeds.subarray(0, SEED_BYTES);
  const sigma = seeds.subarray(SEED_BYTES);
  const columns = drawColumns(rho);
  const s = triple((i) => toNtt(noise(sigma, i)));
  const t = triple((i) => {
    const row = triple((j) => columns[j][i]);
    return add(withoutFactor(multiply(row, s)), toNtt(noise(sigma, K + i)));
  });
  const publicKey = new Uint8Array(KEM_PUBLIC_KEY_LENGTH);
  t.forEach((f, i) => pack(f, WHOLE, publicKey, i * POLYNOMIAL_BYTES));
  publicKey.set(rho, K * POLYNOMIAL_BYTES);
  wipe(seeds);
  return { publicKey, privateKey: { columns, t, keyHash: hashKey(publicKey), s, z: seed.slice(SEED_BYTES) } };
}

/** FIPS 203 algorithm 17. @returns null when the key fails the modulus check of §7.2. */
export function encapsulate(
  publicKey: Uint8Array,
  message: Uint8Array,
): { ciphertext: Uint8Array; sharedSecret: Uint8Array } | null {
  const t = triple((i) => unpack(publicKey, WHOLE, i * POLYNOMIAL_BYTES));
  if (!t.every(isBelowQ)) return null;
  const columns = drawColumns(publicKey.subarray(K * POLYNOMIAL_BYTES));
  return encapsulateWith({ columns, t, keyHash: hashKey(publicKey) }, message);
}

/** FIPS 203 algorithm 18: the secret, or on a forged ciphertext one that only we can know. */
export function decapsulate(privateKey: MlKemPrivateKey, ciphertext: Uint8Array): Uint8Array {
  const message = decrypt(privateKey.s, ciphertext);
  const { ciphertext: expected, sharedSecret } = encapsulateWith(privateKey, message);
  const rejection = shake('shake256', SEED_BYTES, privateKey.z, ciphertext);
  // No branch: which of the two it is must not be told by time.
  const mask = -Number(timingSafeEqual(ciphertext, expected));
  for (let i = 0; i < SEED_BYTES; i += 1) {
    sharedSecret[i] = ((sharedSecret[i] ?? 0) & mask) | ((rejection[i] ?? 0) & ~mask);
  }
  wipe(message, rejection);
  return sharedSecret;
}

function encapsulateWith(key: Encapsulator, message: Uint8Array): { ciphertext: Uint8Array; sharedSecret: Uint8Array } {
  const derived = hashToSeeds(message, key.keyHash);
  const ciphertext = encrypt(key, message, derived.subarray(SEED_BYTES));
  const sharedSecret = Uint8Array.from(derived.subarray(0, SEED_BYTES));
  wipe(derived);
  return { ciphertext, sharedSecret };
}

/** K-PKE.Encrypt, FIPS 203 algorithm 14. */
function encrypt({ columns, t }: Encapsulator, message: Uint8Array, random: Uint8Array): Uint8Array {
  const y = triple((i) => toNtt(noise(random, i)));
  const ciphertext = new Uint8Array(KEM_CIPHERTEXT_LENGTH);
  columns.forEach((column, i) => {
    const u = add(fromNtt(multiply(column, y)), noise(random, K + i));
    pack(compress(u, U_BITS), U_BITS, ciphertext, i * U_BITS * BYTES_PER_BIT);
  });
  const v = add(add(fromNtt(multiply(t, y)), noise(random, 2 * K)), decompress(unpack(message, 1, 0), 1));
  pack(compress(v, V_BITS), V_BITS, ciphertext, K * U_BITS * BYTES_PER_BIT);
  for (const f of y) f.fill(0);
  return ciphertext;
}

/** K-PKE.Decrypt, FIPS 203 algorithm 15. */
function decrypt(s: Vector, ciphertext: Uint8Array): Uint8Array {
  const u = triple((i) => toNtt(decompress(unpack(ciphertext, U_BITS, i * U_BITS * BYTES_PER_BIT), U_BITS)));
  const v = decompress(unpack(ciphertext, V_BITS, K * U_BITS * BYTES_PER_BIT), V_BITS);
  const w = subtract(v, fromNtt(multiply(s, u)));
  const message = new Uint8Array(SEED_BYTES);
  pack(compress(w, 1), 1, message, 0);
  w.fill(0);
  return message;
}

/** A of FIPS 203 algorithm 13, drawn from `rho`: entry i of column j is A[i][j]. */
function drawColumns(rho: Uint8Array): Matrix {
  return triple((j) => triple((i) => uniform(rho, j, i)));
}

function uniform(rho: Uint8Array, j: number, i: number): Polynomial {
  for (let length = UNIFORM_BYTES; ; length *= 2) {
    const f = drawUniform(shake('shake128', length, rho, Uint8Array.of(j, i)));
    if (f) return f;
  }
}

function noise(seed: Uint8Array, counter: number): Polynomial {
  const bytes = shake('shake256', NOISE_BYTES, seed, Uint8Array.of(counter));
  const f = drawNoise(bytes);
  wipe(bytes);
  return f;
}

/** XOF, PRF and J of FIPS 203 §4.1. */
function shake(name: 'shake128' | 'shake256', outputLength: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const input = concat(...parts);
  const output = createHash(name, { outputLength }).update(input).digest();
  wipe(input);
  return output;
}

/** G: two seeds of 32 bytes. */
function hashToSeeds(...parts: readonly Uint8Array[]): Uint8Array {
  const input = concat(...parts);
  const seeds = hash('sha3-512', input, 'buffer');
  wipe(input);
  return seeds;
}

/** H. */
function hashKey(publicKey: Uint8Array): Uint8Array {
  return hash('sha3-256', publicKey, 'buffer');
}

function triple<T>(make: (index: 0 | 1 | 2) => T): readonly [T, T, T] {
  return [make(0), make(1), make(2)];
}
