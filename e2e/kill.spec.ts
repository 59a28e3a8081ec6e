// What a killed process may cost: nothing. No browser here: real processes, driven over their control sockets.
import { test } from '@playwright/test';
import { seededNumbers } from '../server/testing/seeded-random.ts';
import { killOften, noRestarts, told } from './accidents/kills.ts';
import { befriended, expectWhole, Person } from './accidents/pair.ts';

const KILLS = 36;

test(`${KILLS} times kill -9 of either side while both write loses, doubles and disorders nothing`, async () => {
  test.setTimeout(240_000);
  const [ann, bob] = [new Person('ann'), new Person('bob')];
  const random = seededNumbers('kill');
  const restarts = noRestarts();
  try {
    await befriended(ann, bob);
    ann.startWriting();
    bob.startWriting();
    await Promise.all([ann, bob].map((victim) => killOften(victim, KILLS / 2, random, restarts)));
    await Promise.all([ann.stopWriting(), bob.stopWriting()]);
    await expectWhole(ann, bob);
    test.info().annotations.push({ type: 'restarts', description: told(restarts) });
  } finally {
    await ann.remove();
    await bob.remove();
  }
});
