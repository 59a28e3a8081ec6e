// Discovery on a network that loses half of all packets, shortly. The long form is `discovery.slow.ts`.
import { expect, test } from '@playwright/test';
import { timesUnderLoss } from './discovery.ts';

test('two see each other though half of all packets are lost', async () => {
  const times = await timesUnderLoss(0.5, 2, 1);
  test.skip(times === null, 'network namespaces are not permitted here');
  console.info(`50 % loss: both seen after ${times?.join(', ')} ms`);
  expect(times?.length).toBe(2);
});
