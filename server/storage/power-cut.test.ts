// The power goes, at any moment: what was reported as durable is there, and nothing is there by half. The long run is
// power-cut.slow.ts.
import { expect, test } from 'vitest';
import { cutEverywhere, recordProfile } from '../testing/disk/power-cuts.ts';
import { chance, everything, nothing } from '../testing/disk/recorded-disk.ts';
import { seededNumbers } from '../testing/seeded-random.ts';

const TRANSACTIONS = 10;

test(`after each act of ${TRANSACTIONS} transactions the power may go`, { timeout: 0 }, async () => {
  const recording = await recordProfile(TRANSACTIONS);
  const any = chance(seededNumbers('power cut'));
  const fates = [everything, any, nothing, any];
  const cuts = await cutEverywhere(recording, (act) => fates.slice(act % 4, (act % 4) + 1));
  expect(cuts).toBeGreaterThan(400);
});
