// A passphrase made into a key by Argon2id (RFC 9106, version 1.3), outside the event loop. The parameters stand beside
// what the key opens, so they are read from a disk that others may have written: bounded here before any memory is taken.
// What the key opens, and where parameters and salt are kept, is not known here.
import { Worker } from 'node:worker_threads';
import { utf8 } from './bytes.ts';
import { SecretBytes } from './secret.ts';

export interface Argon2Parameters {
  /** m, in KiB. */
  readonly memoryKiB: number;
  /** t. */
  readonly passes: number;
  /** p. Part of the result; all lanes are computed in one thread. */
  readonly lanes: number;
}

const MIB = 1024;

/** RFC 9106 §4, the second recommended option: 64 MiB, 3 passes, 4 lanes. */
export const DEFAULT_ARGON2: Argon2Parameters = { memoryKiB: 64 * MIB, passes: 3, lanes: 4 };

/** What tuning goes up to: more would hurt on a small machine, or where several profiles are opened at once. */
const MAX_TUNED_MEMORY_KIB = 256 * MIB;
/** What is computed at most, memory being twice of what tuning ever writes. */
export const MAX_ARGON2: Argon2Parameters = { memoryKiB: 512 * MIB, passes: 16, lanes: 16 };
/**
 * Memory × passes is the time it takes: twice of what tuning ever writes, so that a poisoned file costs a second or two and
 * not the machine. Each bound by itself would let it cost five times that.
 */
export const MAX_ARGON2_COST_KIB = 2 * MAX_TUNED_MEMORY_KIB * DEFAULT_ARGON2.passes;
/** RFC 9106 §3.1: at least 8 KiB for each lane. */
const MIN_MEMORY_PER_LANE_KIB = 8;
/** RFC 9106 §3.1 recommends 16 and hash-wasm takes no less than 8. */
const MIN_SALT_LENGTH = 8;
const MAX_SALT_LENGTH = 64;
/** Many times what anybody types; bounds what a client of the control socket can make us normalise. */
const MAX_PASSPHRASE_CHARACTERS = 4096;

const KEY_LENGTH = 32;
/** How long opening a profile may take on the machine it was made on. */
const TARGET_MS = 500;
const TUNING_STEP_KIB = 16 * MIB;

/** Whether Loom would compute these; ask before `deriveKey` of whatever was read from a file. */
export function isWithinArgon2Bounds({ memoryKiB, passes, lanes }: Argon2Parameters): boolean {
  return (
    isFrom(1, lanes, MAX_ARGON2.lanes) &&
    isFrom(1, passes, MAX_ARGON2.passes) &&
    isFrom(MIN_MEMORY_PER_LANE_KIB * lanes, memoryKiB, MAX_ARGON2.memoryKiB) &&
    memoryKiB * passes <= MAX_ARGON2_COST_KIB
  );
}

/**
 * Argon2id of the passphrase in NFKC and UTF-8, so that it is the same on every keyboard. What OpaqueString (RFC 8265 §4.2)
 * holds to be one passphrase is one here: NFKC does what NFC does, and makes wide and fixed spaces plain ones (not that of Ogham). It also
 * joins what OpaqueString keeps apart, like ﬁ and fi, and stays because profiles and backups were sealed with it.
 * @param salt 8 to 64 bytes, 16 by custom.
 * @returns 32 bytes.
 * @throws Error on an empty or very long passphrase, parameters out of bounds, or when the memory cannot be had.
 */
export async function deriveKey(
  passphrase: string,
  parameters: Argon2Parameters,
  salt: Uint8Array,
): Promise<SecretBytes> {
  if (!isWithinArgon2Bounds(parameters)) throw new Error('Argon2 parameters out of bounds');
  if (!isFrom(1, passphrase.length, MAX_PASSPHRASE_CHARACTERS)) throw new Error('no passphrase, or a very long one');
  if (!isFrom(MIN_SALT_LENGTH, salt.length, MAX_SALT_LENGTH)) throw new Error('an Argon2 salt of a strange length');
  return compute(utf8(passphrase.normalize('NFKC')), parameters, salt);
}

/** Parameters that take about half a second here: memory from 64 to 256 MiB, by the time the default takes. */
export async function tuneArgon2(): Promise<Argon2Parameters> {
  const start = performance.now();
  await deriveKey('tuning', DEFAULT_ARGON2, new Uint8Array(16));
  return tunedFor(performance.now() - start);
}

/** The parameters for a machine on which the default takes `elapsedMs`: time grows with memory, in steps of 16 MiB. */
export function tunedFor(elapsedMs: number): Argon2Parameters {
  const wanted = (DEFAULT_ARGON2.memoryKiB * TARGET_MS) / elapsedMs;
  const stepped = Math.floor(wanted / TUNING_STEP_KIB) * TUNING_STEP_KIB;
  const memoryKiB = Math.min(MAX_TUNED_MEMORY_KIB, Math.max(DEFAULT_ARGON2.memoryKiB, stepped));
  return { ...DEFAULT_ARGON2, memoryKiB };
}

function compute(passphrase: Uint8Array, parameters: Argon2Parameters, salt: Uint8Array): Promise<SecretBytes> {
  const { memoryKiB, passes, lanes } = parameters;
  const bytes = Uint8Array.from(passphrase);
  passphrase.fill(0);
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./argon2-worker.js', import.meta.url), {
      workerData: { passphrase: bytes, salt: Uint8Array.from(salt), memoryKiB, passes, lanes, length: KEY_LENGTH },
      transferList: [bytes.buffer],
    });
    worker.once('message', (key: Uint8Array) => resolve(new SecretBytes(key)));
    worker.once('error', reject);
    worker.once('exit', () => reject(new Error('Argon2 ended without a key')));
  });
}

function isFrom(minimum: number, value: number, maximum: number): boolean {
  return Number.isInteger(value) && value >= minimum && value <= maximum;
}
