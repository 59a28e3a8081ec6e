// A model of truth: whatever happens to a few Looms, in whatever order, once it is over nothing is lost, nothing is there
// twice, and both sides agree. What happens stands in `testing/model/operations.ts`, what must be so in `truth.ts` and
// `world.ts`. The long form is `model.slow.ts`; seeds that failed are named tests here.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { schedules } from '../testing/model/operations.ts';
import { play } from '../testing/model/world.ts';

const RUNS = Number(process.env.MODEL_RUNS ?? 12);
const SEED = Number(process.env.MODEL_SEED ?? 3);

it('loses, doubles and disorders nothing, whatever happens', async () => {
  let done = 0;
  const property = fc.asyncProperty(schedules(40), async (schedule) => {
    done += await play(schedule);
  });
  await fc.assert(property, { numRuns: RUNS, seed: SEED, endOnFailure: process.env.MODEL_SHRINK === undefined });
  expect(done).toBeGreaterThan(RUNS);
});
