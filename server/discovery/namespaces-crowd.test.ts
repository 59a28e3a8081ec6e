// Others on the network, many or hostile, or on the same machine and in the way. The long forms are in
// `namespaces.slow.ts`.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { builtProgram } from '../testing/built-program.ts';
import { Scene, factsOf } from '../testing/mdns/discovery-scene.ts';
import { outlastsFlood } from '../testing/mdns/discovery-trials.ts';
import { LoomAt } from '../testing/network/loom-at.ts';
import { Machines } from '../testing/network/namespaces.ts';

const STRANGERS = 500;
const ROUNDS = 3;
/** 256 adverts and 1,024 answers are a few MB; the rest is room that V8 takes for work and gives back late. */
const CROWD_BYTES = 128 * 1024 * 1024;

const machines = Machines.make('discovery among many others', [
  [
    ['left', '10.77.0.1/16'],
    ['right', '10.77.0.2/16'],
  ],
]);

describe.runIf(machines)('among others', () => {
  let scene: Scene;

  beforeAll(async () => {
    scene = await Scene.on(machines!);
  });

  afterEach(() => {
    scene.clear();
    machines!.exec('right', 'sh', '-c', 'ip -4 addr flush dev loom0 && ip addr add 10.77.0.2/16 dev loom0');
  });

  afterAll(() => scene.remove());

  it(`a contact is seen among ${STRANGERS} strangers`, async () => {
    const crowd = Array.from({ length: STRANGERS }, (_, i) => `10.77.${1 + Math.floor(i / 250)}.${1 + (i % 250)}/16`);
    machines!.exec('right', 'sh', '-c', crowd.map((cidr) => `ip addr add ${cidr} dev loom0`).join('\n'));
    const early = scene.start('left', 'carl');
    await early.first('status');
    const before = await factsOf(early);
    await scene.outsider('right', { kind: 'crowd' });
    // Probes and announcements of all.
    await new Promise((resolve) => setTimeout(resolve, 4_000));
    const bob = scene.start('right', 'bob');
    const [seen, begun] = await Promise.all([early.seeing('bob'), bob.first('starting')]);
    const found: number[] = [];
    const shown: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const ann = scene.start('left', 'ann');
      const known = early.events.length;
      const [annFound, started, annSeen] = await Promise.all([
        ann.seeing('bob'),
        ann.first('starting'),
        early.seeing('ann', known),
      ]);
      found.push(annFound.at - started.at);
      shown.push(annSeen.at - started.at);
      await ann.stop();
      await early.first('lost', known);
    }
    const after = await factsOf(early);
    console.info(
      `${after.heard.loom0 ?? 0} packets of ${STRANGERS} strangers: a contact is seen after ${seen.at - begun.at} ms; ` +
        `who comes finds one after ${found.join(', ')} ms, and is seen after ${shown.join(', ')} ms; ` +
        `${Math.round((after.rss - before.rss) / 1024)} KiB more, ${(after.cpu - before.cpu).toFixed(2)} s of work`,
    );
    expect(after.heard.loom0).toBeGreaterThan(STRANGERS);
    expect(early.seen).toEqual(new Set(['bob', 'ann']));
    expect(after.rss - before.rss).toBeLessThan(CROWD_BYTES);
  });

  it('hostile packets are outlasted', () => outlastsFlood(scene, 10_000));

  it('a link by a remembered address needs no port 5353', async () => {
    const program = await builtProgram(new URL('../testing/network/loom-process.ts', import.meta.url));
    await scene.outsider('left', { kind: 'holder' });
    const ann = await LoomAt.start(program, '10.77.0.1', machines!.on('left'));
    const bob = await LoomAt.start(program, '10.77.0.2', machines!.on('right'));
    const contact = await ann.befriend(bob);
    await ann.until(() => ann.isOnline(contact));
    const [ofAnn, ofBob] = await Promise.all([ann.run('status.get'), bob.run('status.get')]);
    expect(ofAnn.network?.discovery).toEqual({
      status: 'unavailable',
      reason: 'Another program keeps UDP port 5353 to itself.',
    });
    expect(ofBob.network?.discovery).toEqual({ status: 'on', reason: '' });
    await Promise.all([ann.stop(), bob.stop()]);
    program.remove();
  });
});
