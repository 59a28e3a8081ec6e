// kill -9, ten thousand times (or KILLS=…), each five hundred on profiles of their own.
import { test } from '@playwright/test';
import { seededNumbers } from '../../server/testing/seeded-random.ts';
import { killOften, noRestarts, told } from './kills.ts';
import { befriended, expectWhole, Person } from './pair.ts';

const KILLS = Number(process.env.KILLS ?? 10_000);
const KILLS_PER_PROFILE = 500;
/** Then everybody comes to rest, and what arrived is held against what was written. */
const KILLS_PER_LOOK = 50;

for (let first = 0; first < KILLS; first += KILLS_PER_PROFILE) {
  test(`kills from number ${first} on lose, double and disorder nothing`, async () => {
    const [ann, bob] = [new Person('ann'), new Person('bob')];
    const random = seededNumbers(`kills ${first}`);
    const restarts = noRestarts();
    try {
      await befriended(ann, bob);
      for (let kills = 0; kills < Math.min(KILLS_PER_PROFILE, KILLS - first); kills += KILLS_PER_LOOK) {
        ann.startWriting();
        bob.startWriting();
        const each = KILLS_PER_LOOK / 2;
        await Promise.all([ann, bob].map((victim) => killOften(victim, each, random, restarts)));
        await Promise.all([ann.stopWriting(), bob.stopWriting()]);
        await expectWhole(ann, bob);
      }
      console.log(told(restarts));
    } finally {
      await ann.remove();
      await bob.remove();
    }
  });
}
