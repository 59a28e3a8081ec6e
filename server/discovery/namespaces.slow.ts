// What the tests between two machines try shortly, at length: a machine that sleeps, a flood, and an idle hour's quarter.
import { describe, expect, it } from 'vitest';
import { Scene, factsOf } from '../testing/mdns/discovery-scene.ts';
import { outlastsFlood } from '../testing/mdns/discovery-trials.ts';
import { Machines } from '../testing/network/namespaces.ts';
import type { HeardPacket } from '../testing/mdns/outsider-process.ts';

const MINUTE = 60_000;
const SLEEP = 10 * MINUTE;
/** The questions after a start have become rare by then. */
const SETTLED = 3 * MINUTE;
/** One renewal of the TXT record is in any quarter of an hour. */
const IDLE = 15 * MINUTE;
/** Of each machine, all adapters and both families together. */
const PACKETS_PER_MINUTE = 2;

function make(): Machines | null {
  return Machines.make('discovery at length', [
    [
      ['left', '10.77.0.1/16'],
      ['right', '10.77.0.2/16'],
    ],
  ]);
}

const tried = make();
tried?.remove();

/** Each test has machines of its own, as they run side by side. */
async function withScene(play: (scene: Scene) => Promise<void>): Promise<void> {
  const scene = await Scene.on(make()!);
  try {
    await play(scene);
  } finally {
    scene.remove();
  }
}

const pass = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe.runIf(tried).concurrent('two machines, at length', () => {
  it('see each other again when one has slept for ten minutes', () =>
    withScene(async (scene) => {
      const [ann, bob] = [scene.start('left', 'ann'), scene.start('right', 'bob')];
      await Promise.all([ann.seeing('bob'), bob.seeing('ann')]);
      bob.signal('SIGSTOP');
      const asleep = Date.now();
      const lost = await ann.first('lost');
      await pass(SLEEP - (lost.at - asleep));
      const [ofAnn, ofBob, woken] = [ann.events.length, bob.events.length, Date.now()];
      bob.signal('SIGCONT');
      const [seen] = await Promise.all([ann.seeing('bob', ofAnn), bob.first('lost', ofBob)]);
      const found = await bob.seeing('ann', ofBob);
      console.info(
        `asleep: gone after ${lost.at - asleep} ms; awake after ${SLEEP} ms: seen after ${seen.at - woken} ms, ` +
          `sees after ${found.at - woken} ms`,
      );
    }));

  it('say little when nothing happens', () =>
    withScene(async (scene) => {
      const listener = await scene.outsider('left', { kind: 'listener' });
      const [ann, bob] = [scene.start('left', 'ann'), scene.start('right', 'bob')];
      await Promise.all([ann.seeing('bob'), bob.seeing('ann')]);
      await pass(SETTLED);
      const before = listener.events.length;
      await pass(IDLE);
      const packets = listener.events.slice(before).map(({ data }) => (data as HeardPacket).from.replace(/%.*/, ''));
      const right = new Set(scene.machines.ip('right', 'addr').match(/10\.77\.[0-9.]+|fe80:[0-9a-f:]+/g));
      const counts = [
        packets.filter((from) => !right.has(from)).length,
        packets.filter((from) => right.has(from)).length,
      ];
      const rates = counts.map((count) => (count / IDLE) * MINUTE);
      console.info(
        `idle for ${IDLE / MINUTE} minutes: ${counts.join(' and ')} packets, ${rates.join(' and ')} a minute`,
      );
      expect(Math.min(...counts)).toBeGreaterThan(0);
      expect(Math.max(...rates)).toBeLessThanOrEqual(PACKETS_PER_MINUTE);
      expect([...ann.events, ...bob.events].map(({ event }) => event)).not.toContain('lost');
    }));

  it('outlast 100,000 hostile packets', () => withScene((scene) => outlastsFlood(scene, 100_000)));

  it('find each other each time, a hundred times', () =>
    withScene(async (scene) => {
      const ann = scene.start('left', 'ann');
      await ann.first('status');
      const before = await factsOf(ann);
      const times: number[] = [];
      for (let round = 0; round < 100; round += 1) {
        const known = ann.events.length;
        const bob = scene.start('right', 'bob');
        const [seen, begun] = await Promise.all([ann.seeing('bob', known), bob.first('starting')]);
        times.push(seen.at - begun.at);
        await bob.stop();
      }
      times.sort((a, b) => a - b);
      const after = await factsOf(ann);
      console.info(
        `100 starts: seen after ${times[50] ?? 0} ms in the middle, ${times[99] ?? 0} ms at the latest; ` +
          `${Math.round((after.rss - before.rss) / 1024)} KiB more`,
      );
    }));
});
