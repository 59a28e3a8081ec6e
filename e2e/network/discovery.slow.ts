// Discovery on a network that loses half of all packets, again and again.
import { expect, test } from '@playwright/test';
import { timesUnderLoss } from './discovery.ts';

const ROUNDS = 10;
const seed = Number(process.env.LOOM_TEST_SEED ?? Date.now() % 1_000_000);

test('two see each other each time though half of all packets are lost', async () => {
  console.info(`seed ${seed} (LOOM_TEST_SEED)`);
  const times = await timesUnderLoss(0.5, ROUNDS, seed);
  test.skip(times === null, 'network namespaces are not permitted here');
  console.info(`50 % loss: both seen after ${times?.join(', ')} ms`);
  expect(times?.length).toBe(ROUNDS);
});
