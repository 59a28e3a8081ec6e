// What discovery goes through shortly in each run of the tests, and at length in the slow ones.
import { expect } from 'vitest';
import { factsOf, type Scene } from './discovery-scene.ts';

/** Room that V8 takes for work and gives back late. Of 100,000 packets, 700 bytes of each kept would be as much. */
const FLOOD_BYTES = 64 * 1024 * 1024;

/** Ann on the left lives through hostile packets from the right, and sees Bob afterwards. */
export async function outlastsFlood(scene: Scene, packets: number): Promise<void> {
  const ann = scene.start('left', 'ann');
  await ann.first('status');
  const before = await factsOf(ann);
  const begun = Date.now();
  await scene.outsider('right', { kind: 'flood', packets });
  const lasted = Date.now() - begun;
  const after = await factsOf(ann);
  expect(ann.seen.size).toBe(0);
  expect(ann.events.filter(({ event }) => event === 'people')).toEqual([]);
  const bob = scene.start('right', 'bob');
  const [seen, started] = await Promise.all([ann.seeing('bob'), bob.first('starting')]);
  console.info(
    `${packets} hostile packets in ${lasted} ms, ${after.heard.loom0 ?? 0} heard: ` +
      `${Math.round((after.rss - before.rss) / 1024)} KiB more, ${(after.cpu - before.cpu).toFixed(2)} s of work; ` +
      `a contact is seen ${seen.at - started.at} ms after it starts`,
  );
  expect(after.heard.loom0).toBeGreaterThan(packets / 20);
  expect(after.rss - before.rss).toBeLessThan(FLOOD_BYTES);
}
