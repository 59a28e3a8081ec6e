// Repeatable randomness for tests: SHA-256 in counter mode over a seed. Never in the built program.
import { createHash } from 'node:crypto';
import { readU32 } from '../crypto/bytes.ts';

export function seededRandom(seed: string): (length: number) => Uint8Array {
  let counter = 0;
  return (length) => {
    const bytes = new Uint8Array(length);
    for (let offset = 0; offset < length; offset += 32) {
      const block = createHash('sha256').update(`${seed}/${counter}`).digest();
      counter += 1;
      bytes.set(block.subarray(0, Math.min(32, length - offset)), offset);
    }
    return bytes;
  };
}

/** Numbers from 0 to 1. */
export function seededNumbers(seed: string): () => number {
  const random = seededRandom(seed);
  return () => readU32(random(4), 0) / 2 ** 32;
}
