// Garbage collected at once, and overwritten: after locking, what was read, typed and derived is unreachable, but V8 leaves
// it where it is until it needs the room, which in an idle process is never.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** A first collection lets go of wrappers, whose keys and buffers the next frees; new objects take two to grow old. */
const ROUNDS = 4;

/**
 * Collects everything unreachable; what is freed in the heap of V8 is filled with zeros, and keys of OpenSSL are cleansed
 * as it frees them. Some ten milliseconds a round. Buffers are freed, but nobody overwrites those: that is for their owner.
 */
export async function collectGarbage(): Promise<void> {
  setFlagsFromString('--expose-gc');
  setFlagsFromString('--clear-free-memory');
  const collect = runInNewContext('gc') as () => void;
  setFlagsFromString('--no-expose-gc');
  for (let round = 0; round < ROUNDS; round += 1) {
    // Finalisers run between two turns.
    await new Promise((resolve) => setImmediate(resolve));
    collect();
  }
  setFlagsFromString('--no-clear-free-memory');
}
