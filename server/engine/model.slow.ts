// The model of truth for long: a million operations, drawn anew for each seed. A seed that fails is told with its shrunk
// schedule; `MODEL_SEED` begins at another one, `MODEL_OPERATIONS` makes it shorter or longer.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { schedules } from '../testing/model/operations.ts';
import { play } from '../testing/model/world.ts';

const OPERATIONS = Number(process.env.MODEL_OPERATIONS ?? 1_000_000);
const FIRST_SEED = Number(process.env.MODEL_SEED ?? 1);
/** Schedules of one seed, and operations in each at most: without bias to short ones, half as many on average. */
const RUNS = 5;
const LONGEST = 2000;

it(`loses, doubles and disorders nothing in ${OPERATIONS} operations`, async () => {
  const started = performance.now();
  let done = 0;
  let seed = FIRST_SEED;
  const property = fc.asyncProperty(fc.noBias(schedules(LONGEST)), async (schedule) => {
    try {
      done += await play(schedule);
    } catch (error) {
      // Shrinking takes a while: each smaller one that fails as well is told at once.
      const what = error instanceof Error ? error.message : String(error);
      process.stdout.write(`seed ${seed}, ${schedule.operations.length} operations: ${what}\n`);
      throw error;
    }
  });
  for (; done < OPERATIONS; seed += 1) {
    await fc.assert(property, { numRuns: RUNS, seed });
    const rate = (1000 * done) / (performance.now() - started);
    process.stdout.write(`seed ${seed}: ${done} operations, ${rate.toFixed(0)} a second\n`);
  }
  expect(done).toBeGreaterThanOrEqual(OPERATIONS);
});
