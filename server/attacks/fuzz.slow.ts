// Ten million damaged inputs: nothing breaks, and nothing of them is kept.
import { describe, expect, it } from 'vitest';
import { fuzz, shares } from './fuzz.ts';
import { makeTargets } from './targets.ts';

const INPUTS = 10_000_000;
const ROUNDS = 20;
const GROWTH = 64 * 1024 * 1024;

const seed = Number(process.env.LOOM_TEST_SEED ?? Date.now() % 1_000_000);

describe('ten million damaged inputs', () => {
  it('break nothing and leave nothing behind', () => {
    console.info(`seed ${seed} (LOOM_TEST_SEED)`);
    const targets = makeTargets();
    let before = 0;
    for (let round = 0; round <= ROUNDS; round += 1) {
      for (const [target, inputs] of shares(targets, INPUTS / ROUNDS)) {
        // The first round warms up and is small.
        const { refused, slowest } = fuzz(target, round === 0 ? Math.ceil(inputs / 20) : inputs, seed * 100 + round);
        if (round === ROUNDS)
          console.info(`${target.name}: ${inputs} inputs, ${refused} refused, ${slowest.toFixed(1)} ms`);
      }
      globalThis.gc?.();
      const { rss } = process.memoryUsage();
      if (round === 0) before = rss;
      console.info(`round ${round}: ${((rss - before) / 1024 / 1024).toFixed(1)} MiB more`);
    }
    expect(process.memoryUsage().rss - before).toBeLessThan(GROWTH);
  });
});
