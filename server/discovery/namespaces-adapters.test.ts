// A machine on two networks at once: it sees both, and neither learns of the other.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Scene } from '../testing/mdns/discovery-scene.ts';
import type { Instance } from '../testing/network/instance.ts';
import { Machines } from '../testing/network/namespaces.ts';
import type { HeardPacket } from '../testing/mdns/outsider-process.ts';
import type { Sighting } from './discovery.ts';
import { parseMessage } from './mdns/dns/packet.ts';
import type { Message } from './mdns/dns/packet.ts';
import { labelIn } from './mdns/dns/questions.ts';

const machines = Machines.make('discovery on two adapters', [
  [
    ['left', '10.77.0.1/16'],
    ['middle', '10.77.0.2/16'],
  ],
  [
    ['middle', '10.78.0.2/16'],
    ['right', '10.78.0.1/16'],
  ],
]);

/** What a listener has heard of others than itself. */
function heardBy(listener: Instance, from = /./): Message[] {
  const packets = listener.events.filter(({ event }) => event === 'packet').map(({ data }) => data as HeardPacket);
  return packets.flatMap((packet) =>
    from.test(packet.from) ? (parseMessage(Buffer.from(packet.bytes, 'base64')) ?? []) : [],
  );
}

/** All that could tell who it is: every name and text but those that all Looms have in common. */
function marksIn(messages: readonly Message[]): Set<string> {
  const marks = messages.flatMap(({ questions, answers, authorities, additionals }) => [
    ...questions.map(({ name }) => name),
    ...[...answers, ...authorities, ...additionals].flatMap((record) => {
      if (record.type === 'TXT') return record.data.map(String);
      if (record.type === 'SRV') return [record.name, record.data.target];
      return [record.name, record.data];
    }),
  ]);
  return new Set(marks.filter((mark) => mark !== '_loom._tcp.local' && mark !== 'v=2'));
}

function labelsIn(messages: readonly Message[]): Set<string> {
  const records = messages.flatMap(({ answers, additionals }) => [...answers, ...additionals]);
  return new Set(records.flatMap((record) => (record.type === 'SRV' ? (labelIn(record) ?? []) : [])));
}

describe.runIf(machines)('a machine with two adapters', () => {
  let scene: Scene;

  beforeAll(async () => {
    scene = await Scene.on(machines!);
  });

  afterEach(() => {
    scene.clear();
    machines!.plug('middle', 'up');
  });

  afterAll(() => scene.remove());

  it('sees both networks, and is seen on each at the address it has there', async () => {
    const [ann, bob, carl] = [scene.start('left', 'ann'), scene.start('middle', 'bob'), scene.start('right', 'carl')];
    const [bobByAnn, bobByCarl, annByBob, carlByBob] = await Promise.all([
      ann.seeing('bob'),
      carl.seeing('bob'),
      bob.seeing('ann'),
      bob.seeing('carl'),
    ]);
    const hosts = ({ data }: { data: unknown }): readonly string[] => (data as Sighting).hosts;
    expect(hosts(bobByAnn).filter((host) => !host.startsWith('fe80'))).toEqual(['10.77.0.2']);
    expect(hosts(bobByCarl).filter((host) => !host.startsWith('fe80'))).toEqual(['10.78.0.2']);
    expect(hosts(annByBob).every((host) => host === '10.77.0.1' || host.endsWith('%loom0'))).toBe(true);
    expect(hosts(carlByBob).every((host) => host === '10.78.0.1' || host.endsWith('%loom1'))).toBe(true);
    // Those at the ends are no neighbours.
    expect([ann.seen.has('carl'), carl.seen.has('ann')]).toEqual([false, false]);
  });

  it('shares nothing between what it says on one and what it says on the other', async () => {
    const [here, there] = await Promise.all([
      scene.outsider('left', { kind: 'listener' }),
      scene.outsider('right', { kind: 'listener' }),
    ]);
    const [ann, bob, carl] = [scene.start('left', 'ann'), scene.start('middle', 'bob'), scene.start('right', 'carl')];
    await Promise.all([ann.seeing('bob'), carl.seeing('bob'), bob.seeing('ann'), bob.seeing('carl')]);
    // A name that resolves leads to nothing but its own network; asking makes everyone say more.
    await ann.ask('nobody.local', 'resolved');
    await Promise.all([ann.stop(), bob.stop(), carl.stop()]);
    const ofBob = (): Message[][] => [heardBy(here, /^10\.77\.0\.2$/), heardBy(there, /^10\.78\.0\.2$/)];
    const names = (): number[] => ofBob().map((messages) => labelsIn(messages).size);
    await expect.poll(names, { timeout: 10_000 }).toEqual([1, 1]);
    const [atLeft, atRight] = [marksIn(heardBy(here)), marksIn(heardBy(there))];
    expect(Math.min(atLeft.size, atRight.size)).toBeGreaterThan(8);
    expect([...atLeft].filter((mark) => atRight.has(mark))).toEqual([]);
  });

  it('keeps its name on the one when the other is unplugged', async () => {
    const listener = await scene.outsider('right', { kind: 'listener' });
    const [bob, carl] = [scene.start('middle', 'bob'), scene.start('right', 'carl')];
    await Promise.all([carl.seeing('bob'), bob.seeing('carl')]);
    const ofBob = /^10\.78\.0\.2$/;
    // Carl has heard it; the listener is a process of its own.
    await expect.poll(() => labelsIn(heardBy(listener, ofBob)).size, { timeout: 10_000 }).toBe(1);
    const names = labelsIn(heardBy(listener, ofBob));
    machines!.plug('middle', 'down');
    // Long enough for the adapters to be looked at, and for a new name to be announced.
    await new Promise((resolve) => setTimeout(resolve, 5_000));
    expect(labelsIn(heardBy(listener, ofBob))).toEqual(names);
    expect(carl.events.map(({ event }) => event)).not.toContain('lost');
  });

  it('is silent and deaf on the one it must not use', async () => {
    const listener = await scene.outsider('right', { kind: 'listener' });
    const adapters = { only: null, except: ['loom1'] };
    const [ann, bob] = [scene.start('left', 'ann'), scene.start('middle', 'bob', { adapters })];
    const carl = scene.start('right', 'carl');
    await Promise.all([ann.seeing('bob'), bob.seeing('ann'), carl.first('status')]);
    await bob.ask('nobody.local', 'resolved');
    await bob.stop();
    // Carl is heard; nobody from beyond the cable is.
    const own: readonly string[] | null = machines!.ip('right', 'addr').match(/(?:10\.78|fe80:)[0-9a-f:.]+/g);
    const packets = listener.events.filter(({ event }) => event === 'packet').map(({ data }) => data as HeardPacket);
    expect(packets.length).toBeGreaterThan(4);
    expect(packets.filter(({ from }) => !own?.includes(from.replace(/%.*/, '')))).toEqual([]);
    expect(bob.seen).toEqual(new Set(['ann']));
    expect(carl.seen.size).toBe(0);
  });
});
