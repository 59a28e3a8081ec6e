// Two real Looms on a network that fails them, shortly. The long form is `network.slow.ts`.
import { expect, test } from '@playwright/test';
import { accidents, cut, doubled, lossy, slow } from './accidents.ts';
import { Pair } from './pair.ts';

/** Texts each way during one accident. */
const BURST = 60;

/** How long an accident takes, ms. */
const LASTS = 1_500;

async function withPair(seed: number, work: (pair: Pair) => Promise<void>): Promise<void> {
  const pair = await Pair.make(seed);
  test.skip(pair === null, 'network namespaces are not permitted here');
  if (!pair) return;
  try {
    await work(pair);
    await pair.expectAll();
  } finally {
    await pair.remove();
  }
}

async function during(pair: Pair, accident: (typeof accidents)[number], lasts: number): Promise<number> {
  const sending = Promise.all(pair.sides.map(([from]) => pair.send(from, BURST, 50)));
  await accident.happen(pair, lasts);
  const over = Date.now();
  await sending;
  const come = await Promise.all(pair.sides.map(([from, to]) => pair.caughtUp(from, to)));
  return Math.max(...come, over) - over;
}

test('loss, delay, duplicates, disorder and a cut lose, double and disorder nothing', async () => {
  await withPair(1, async (pair) => {
    for (const accident of [doubled, slow, lossy, cut]) {
      const ms = await during(pair, accident, LASTS);
      console.info(`${accident.name}: all was there ${ms} ms after it was over`);
    }
  });
});

test(
  'a peer that falls silent or freezes, a router that forgets and a new address lose, double and disorder nothing',
  { tag: '@slow' },
  async () => {
    await withPair(2, async (pair) => {
      const others = accidents.slice(accidents.indexOf(cut) + 1);
      expect(others.length).toBe(4);
      for (const accident of others) {
        const ms = await during(pair, accident, LASTS);
        console.info(`${accident.name}: all was there ${ms} ms after it was over`);
      }
    });
  },
);
