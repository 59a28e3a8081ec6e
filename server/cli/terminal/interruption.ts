import { CommandFailure } from '../exit.ts';
import { stopSignals } from '../process-lifecycle.ts';

/** What a command fails with that is stopped from outside, after it has put back what it changed. */
export class Interruption extends CommandFailure {
  constructor() {
    super('failed', 'Stopped.');
  }
}

/** The result of `work`, unless the person stops it. @throws Interruption */
export async function unlessInterrupted<T>(work: Promise<T>): Promise<T> {
  let stop: () => void = () => undefined;
  const stopped = new Promise<never>((_, reject) => {
    stop = () => {
      reject(new Interruption());
    };
  });
  const signals = stopSignals();
  for (const signal of signals) process.once(signal, stop);
  try {
    return await Promise.race([work, stopped]);
  } finally {
    for (const signal of signals) process.off(signal, stop);
  }
}
