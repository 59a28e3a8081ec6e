// The power goes after each of the acts that 200 transactions are made of, in many ways each.
import { test } from 'vitest';
import { cutEverywhere, recordProfile } from '../testing/disk/power-cuts.ts';
import { chance, everything, nothing } from '../testing/disk/recorded-disk.ts';
import { seededNumbers } from '../testing/seeded-random.ts';

const TRANSACTIONS = 200;
/** How many parts of what was not synced are tried after each act. */
const PARTS = 6;

test(`after each act of ${TRANSACTIONS} transactions the power may go, in ${PARTS + 2} ways`, async () => {
  const recording = await recordProfile(TRANSACTIONS);
  const parts = Array.from({ length: PARTS }, (_, number) => chance(seededNumbers(`power cut ${number}`)));
  const cuts = await cutEverywhere(recording, () => [everything, nothing, ...parts]);
  console.log(`the power went ${cuts} times, in ${recording.acts.length} places`);
});
