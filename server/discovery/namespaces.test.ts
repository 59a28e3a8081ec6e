// Two machines, as near as one machine can have them: an instance in each, on the real port with the real clock. What
// others do to them is in `namespaces-crowd.test.ts`, what other programs make of them in `namespaces-witness.test.ts`.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Scene, type Name } from '../testing/mdns/discovery-scene.ts';
import type { Instance } from '../testing/network/instance.ts';
import { Machines } from '../testing/network/namespaces.ts';
import type { Sighting } from './discovery.ts';

const [ofLeft, ofRight] = ['10.77.0.1/16', '10.77.0.2/16'];
const machines = Machines.make('discovery between two machines', [
  [
    ['left', ofLeft],
    ['right', ofRight],
  ],
]);

describe.runIf(machines)('two machines', () => {
  let scene: Scene;
  const [left, right] = ['left', 'right'];

  function start(machine: string, who: Name, more: Parameters<Scene['start']>[2] = {}): Instance {
    return scene.start(machine, who, more);
  }

  beforeAll(async () => {
    scene = await Scene.on(machines!);
  });

  afterEach(() => {
    scene.clear();
    machines!.plug(left, 'up');
  });

  afterAll(() => scene.remove());

  it('have no default route, and see each other all the same', async () => {
    for (const machine of [left, right]) {
      expect(machines!.ip(machine, 'route')).toContain('10.77.0.0/16 dev loom0');
      expect(machines!.ip(machine, 'route') + machines!.ip(machine, '-6', 'route')).not.toContain('default');
    }
    const [ann, bob] = [start(left, 'ann'), start(right, 'bob')];
    await Promise.all([ann.seeing('bob'), bob.seeing('ann')]);
  });

  it('see each other and take leave', async () => {
    const ann = start(left, 'ann', { port: 4712 });
    await ann.first('status');
    const bob = start(right, 'bob', { port: 4713 });
    const [annSawBob, bobSawAnn] = await Promise.all([ann.first('sighting'), bob.first('sighting')]);
    const bobStarted = await bob.first('starting');
    const seen = annSawBob.data as Sighting;
    expect(seen).toMatchObject({ contact: 'bob', port: 4713 });
    expect(seen.hosts[0]).toBe('10.77.0.2');
    expect(seen.hosts[1]).toMatch(/^fe80::[0-9a-f:]+%loom0$/);
    expect(bobSawAnn.data).toMatchObject({ contact: 'ann', port: 4712 });
    await bob.stop();
    const [lost, stopping] = await Promise.all([ann.first('lost'), bob.first('stopping')]);
    expect(lost.data).toBe('bob');
    console.info(
      `seen after ${annSawBob.at - bobStarted.at} ms, saw after ${bobSawAnn.at - bobStarted.at} ms, ` +
        `goodbye after ${lost.at - stopping.at} ms`,
    );
    // An announcement by the other family may be read after the goodbye; its own goodbye is right behind it.
    expect(ann.events.slice(0, 4).map(({ event }) => event)).toEqual(['starting', 'status', 'sighting', 'lost']);
    await ann.stop();
  });

  it('meet on one machine, even with no adapter but loopback', async () => {
    machines!.plug(left, 'down');
    const ann = start(left, 'ann', { port: 4712 });
    const bob = start(left, 'bob', { port: 4713 });
    const [annSawBob, bobSawAnn] = await Promise.all([ann.first('sighting'), bob.first('sighting')]);
    expect((annSawBob.data as Sighting).hosts[0]).toBe('127.0.0.1');
    expect((bobSawAnn.data as Sighting).hosts[0]).toBe('127.0.0.1');
    await Promise.all([ann.stop(), bob.stop()]);
  });

  it('find each other when the network comes later', async () => {
    machines!.plug(left, 'down');
    const ann = start(left, 'ann', { port: 4712 });
    const bob = start(right, 'bob', { port: 4713 });
    await Promise.all([ann.first('status'), bob.first('status')]);
    expect(ann.events.map(({ event }) => event)).not.toContain('sighting');
    machines!.plug(left, 'up');
    const [annSawBob, bobSawAnn] = await Promise.all([ann.first('sighting'), bob.first('sighting')]);
    expect(annSawBob.data).toMatchObject({ contact: 'bob' });
    expect(bobSawAnn.data).toMatchObject({ contact: 'ann' });
    await Promise.all([ann.stop(), bob.stop()]);
  });

  it('hear not one packet of silent discovery', async () => {
    const before = machines!.udpPackets(left);
    const silent = start(left, 'ann', { silent: true });
    const status = await silent.first('status');
    expect(status.data).toEqual({ status: 'off', reason: '' });
    silent.tell('laptop.local');
    expect((await silent.first('resolved')).data).toMatchObject({ hosts: [] });
    await silent.stop();
    expect(machines!.udpPackets(left)).toBe(before);
    // The count would have shown it: here it goes up, or the test never ends.
    const loud = start(left, 'ann', { port: 4712 });
    await loud.first('status');
    loud.tell('laptop.local');
    while (machines!.udpPackets(left) === before) await new Promise((resolve) => setTimeout(resolve, 20));
    await loud.stop();
  });

  it('two on one machine and a third on another all see each other', async () => {
    const [ann, bob, carl] = [start(left, 'ann'), start(left, 'bob'), start(right, 'carl')];
    await Promise.all([
      ...[ann.seeing('bob'), ann.seeing('carl')],
      ...[bob.seeing('ann'), bob.seeing('carl')],
      ...[carl.seeing('ann'), carl.seeing('bob')],
    ]);
    expect(ann.events.filter(({ data }) => (data as Sighting | null)?.contact === 'ann')).toEqual([]);
  });

  it('see where one has moved to, and that one again whose cable was out', async () => {
    const [ann, bob] = [start(left, 'ann'), start(right, 'bob')];
    await Promise.all([ann.seeing('bob'), bob.seeing('ann')]);
    const moved = Date.now();
    machines!.ip(right, 'addr', 'del', ofRight, 'dev', 'loom0');
    machines!.ip(right, 'addr', 'add', '10.77.0.9/16', 'dev', 'loom0');
    const found = await ann.seeing('bob', 0, ([host]) => host === '10.77.0.9');
    machines!.plug(left, 'down');
    await ann.first('lost');
    const plugged = Date.now();
    const before = ann.events.length;
    machines!.plug(left, 'up');
    const back = await ann.seeing('bob', before);
    console.info(`moved: seen after ${found.at - moved} ms; cable back: after ${back.at - plugged} ms`);
    machines!.ip(right, 'addr', 'del', '10.77.0.9/16', 'dev', 'loom0');
    machines!.ip(right, 'addr', 'add', ofRight, 'dev', 'loom0');
  });

  it('see each other by link-local IPv6 alone', async () => {
    machines!.ip(left, 'addr', 'del', ofLeft, 'dev', 'loom0');
    machines!.ip(right, 'addr', 'del', ofRight, 'dev', 'loom0');
    await machines!.connected();
    const [ann, bob] = [start(left, 'ann'), start(right, 'bob')];
    const [seen] = await Promise.all([ann.seeing('bob'), bob.seeing('ann')]);
    expect((seen.data as Sighting).hosts.every((host) => /^fe80::[0-9a-f:]+%loom0$/.test(host))).toBe(true);
    machines!.ip(left, 'addr', 'add', ofLeft, 'dev', 'loom0');
    machines!.ip(right, 'addr', 'add', ofRight, 'dev', 'loom0');
  });

  it('see one who wakes', async () => {
    const bob = start(right, 'bob');
    await bob.first('status');
    bob.signal('SIGSTOP');
    const ann = start(left, 'ann');
    await ann.first('status');
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(ann.events.map(({ event }) => event)).not.toContain('sighting');
    bob.signal('SIGCONT');
    await Promise.all([ann.seeing('bob'), bob.seeing('ann')]);
  });

  it('see each other each time one starts, and say how soon', async () => {
    const ann = start(left, 'ann');
    await ann.first('status');
    const times: number[] = [];
    for (let round = 0; round < 7; round += 1) {
      const before = ann.events.length;
      const bob = start(right, 'bob');
      const [seen, begun] = await Promise.all([ann.seeing('bob', before), bob.first('starting')]);
      times.push(seen.at - begun.at);
      await bob.stop();
    }
    times.sort((a, b) => a - b);
    console.info(`seen after ${times[3] ?? 0} ms (median of ${times.join(', ')})`);
    expect(times).toHaveLength(7);
  });
});
