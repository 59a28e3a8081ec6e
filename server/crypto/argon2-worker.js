// Argon2id in a thread of its own: hash-wasm computes for a tenth of a second and more without a pause, and the memory it
// filled goes when the thread ends. One thread, one key. Plain JavaScript, so that it starts from source and from the
// bundle alike, where it stands beside the main entry.
import { argon2id } from 'hash-wasm';
import { parentPort, workerData } from 'node:worker_threads';

/**
 * @typedef {object} Argon2Job
 * @property {Uint8Array} passphrase UTF-8, overwritten when done.
 * @property {Uint8Array} salt
 * @property {number} memoryKiB
 * @property {number} passes
 * @property {number} lanes
 * @property {number} length of the key, in bytes.
 */

/** @type {Argon2Job} */
const job = workerData;

const key = await argon2id({
  password: job.passphrase,
  salt: job.salt,
  memorySize: job.memoryKiB,
  iterations: job.passes,
  parallelism: job.lanes,
  hashLength: job.length,
  outputType: 'binary',
});
job.passphrase.fill(0);
parentPort?.postMessage(key);
key.fill(0);
