// Feeds targets damaged inputs, and counts.
import { mutate, numbers } from './mutation.ts';
import { describeInput, type Target } from './target.ts';

export interface FuzzReport {
  readonly inputs: number;
  readonly refused: number;
  /** The one input that took longest, ms. */
  readonly slowest: number;
}

/** @throws Error with the input in its message when a target breaks. */
export function fuzz(target: Target, inputs: number, seed: number): FuzzReport {
  const pick = numbers(seed);
  let refused = 0;
  let slowest = 0;
  for (let i = 0; i < inputs; i += 1) {
    const input = mutate(target.samples, pick);
    const started = performance.now();
    try {
      if (!target.feed(input)) refused += 1;
    } catch (error) {
      throw new Error(`${target.name}, seed ${seed}, input ${i}: ${describeInput(input)}`, { cause: error });
    }
    slowest = Math.max(slowest, performance.now() - started);
  }
  return { inputs, refused, slowest };
}

/** How many of `total` inputs each target gets. */
export function shares(targets: readonly Target[], total: number): readonly (readonly [Target, number])[] {
  const sum = targets.reduce((all, { weight }) => all + weight, 0);
  return targets.map((target) => [target, Math.ceil((total * target.weight) / sum)]);
}
