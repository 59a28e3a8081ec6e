import { expect, it } from 'vitest';
import { RECORDS_PER_LINK, RECORDS_PER_TURN } from '../../../protocol/limits.ts';
import { TurnScheduler, type Worker } from './turn-scheduler.ts';

/** Has so many records, and notes when each was worked off. */
class Pile implements Worker {
  left: number;
  readonly #done: (pile: Pile) => void;

  constructor(records: number, done: (pile: Pile) => void = () => undefined) {
    this.left = records;
    this.#done = done;
  }

  get busy(): boolean {
    return this.left > 0;
  }

  work(most: number): number {
    const now = Math.min(most, this.left);
    this.left -= now;
    if (now > 0) this.#done(this);
    return now;
  }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

it('works off so many records in one turn of the event loop, of however many links, and not one more', async () => {
  const scheduler = new TurnScheduler();
  const piles = Array.from({ length: 60 }, () => new Pile(1000));
  const left = (): number => piles.reduce((sum, pile) => sum + pile.left, 0);
  for (const pile of piles) scheduler.add(pile);
  let before = 60_000;
  for (let n = 1; n <= 10; n += 1) {
    expect(before - left()).toBe(RECORDS_PER_TURN);
    before = left();
    await turn();
  }
});

it('gives each link a slice in its turn: one that has much keeps none waiting that has little', async () => {
  const order: Pile[] = [];
  const scheduler = new TurnScheduler();
  const much = new Pile(100_000, (pile) => order.push(pile));
  scheduler.add(much);
  await turn();
  const little = [1, 2, 3].map(() => new Pile(1, (pile) => order.push(pile)));
  for (const pile of little) scheduler.add(pile);
  order.length = 0;
  await turn();
  // At most one slice of the other before them.
  const places = little.map((pile) => order.indexOf(pile));
  expect(places.every((place) => place >= 0 && place <= little.length)).toBe(true);
  expect(order.filter((pile) => pile === much).length).toBeLessThanOrEqual(RECORDS_PER_TURN / RECORDS_PER_LINK);
});

it('begins at once when nobody waits, and forgets who leaves', async () => {
  const scheduler = new TurnScheduler();
  const first = new Pile(3);
  scheduler.add(first);
  expect(first.left).toBe(0);
  const long = new Pile(2 * RECORDS_PER_TURN);
  scheduler.add(long);
  const { left } = long;
  expect(left).toBeGreaterThan(0);
  scheduler.remove(long);
  await turn();
  await turn();
  expect(long.left).toBe(left);
});
