// A model of truth: whatever happens to a few Looms, in whatever order, once it is over nothing is lost, nothing is there
// twice, and both sides agree. What happens stands in `testing/model/operations.ts`, what must be so in `oracle.ts` and
// `world.ts`. The long form is `model.slow.ts`; seeds that failed are named tests here.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { schedules, type Schedule } from '../testing/model/operations.ts';
import { play } from '../testing/model/world.ts';

const RUNS = Number(process.env.MODEL_RUNS ?? 10);
const SEED = Number(process.env.MODEL_SEED ?? 3);

it('loses, doubles and disorders nothing, whatever happens', async () => {
  let done = 0;
  const property = fc.asyncProperty(fc.noBias(schedules(100)), async (schedule) => {
    done += await play(schedule);
  });
  await fc.assert(property, { numRuns: RUNS, seed: SEED, endOnFailure: process.env.MODEL_SHRINK === undefined });
  expect(done).toBeGreaterThan(RUNS);
});

/** Schedules that failed once, shrunk. */
const found: readonly (readonly [name: string, schedule: Schedule])[] = [
  [
    'an old database put back sends so much that its session seems to go on',
    {
      looms: 2,
      seed: 1,
      operations: [
        { kind: 'wait', ms: 194 },
        { kind: 'snapshot', who: 0 },
        { kind: 'send', from: 0, to: 1, count: 5 },
        { kind: 'wait', ms: 43_341 },
        { kind: 'restore', who: 0 },
        { kind: 'cut', a: 0, b: 1 },
        { kind: 'send', from: 0, to: 1, count: 5 },
        { kind: 'send', from: 0, to: 1, count: 4 },
      ],
    },
  ],
];

it.each(found)('%s', async (_name, schedule) => {
  await expect(play(schedule)).resolves.toBeGreaterThan(0);
});
