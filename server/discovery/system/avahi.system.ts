// The system backend on the real package and a real Avahi, two machines apart; `npm run test:system` installs the package
// and says where it is.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Avahi } from '../../testing/mdns/avahi.ts';
import { builtProgram, type BuiltProgram } from '../../testing/built-program.ts';
import { Scene, keys, type Name } from '../../testing/mdns/discovery-scene.ts';
import type { DiscoverySettings, Keys } from '../../testing/mdns/discovery-process.ts';
import type { Instance, InstanceEvent } from '../../testing/network/instance.ts';
import { Machines } from '../../testing/network/namespaces.ts';
import type { DiscoveryStatus, Sighting } from '../discovery.ts';

const library = process.env.LOOM_TEST_MDNS;
const machines = library
  ? Machines.make('discovery by the responder of the system', [
      [
        ['left', '10.77.0.1/16'],
        ['right', '10.77.0.2/16'],
      ],
    ])
  : null;

type Machine = 'left' | 'right';

const on: DiscoveryStatus = { status: 'on', reason: '' };
const silent: DiscoveryStatus = {
  status: 'unavailable',
  reason: 'The service of this system that finds others on the network (avahi-daemon, or Bonjour) does not answer.',
};

describe.runIf(machines)('two machines with Avahi', () => {
  let scene: Scene;
  let program: BuiltProgram;
  const avahi = new Map<Machine, Avahi>();
  const folder = mkdtempSync(join(tmpdir(), 'loom-system-'));

  function responder(): NonNullable<DiscoverySettings['responder']> {
    return { program: program.path, library: library! };
  }

  function bySystem(machine: Machine, who: Name, more: Partial<DiscoverySettings> = {}): Instance {
    return scene.start(machine, who, { responder: responder(), ...more }, avahi.get(machine)!.within);
  }

  function bySelf(machine: Machine, who: Name, more: Partial<DiscoverySettings> = {}): Instance {
    return scene.start(machine, who, more);
  }

  function status(instance: Instance, expected: DiscoveryStatus, after = 0): Promise<InstanceEvent> {
    return instance.find(
      ({ event, data }, at) =>
        at >= after && event === 'status' && (data as DiscoveryStatus).reason === expected.reason,
    );
  }

  function hosts({ data }: InstanceEvent): readonly string[] {
    return (data as Sighting).hosts;
  }

  beforeAll(async () => {
    scene = await Scene.on(machines!);
    program = await builtProgram(new URL('responder-process.ts', import.meta.url));
    for (const machine of ['left', 'right'] as const) {
      avahi.set(machine, (await Avahi.start(machines!, machine, `${machine}-host`))!);
    }
  });

  afterEach(() => scene.clear());

  afterAll(() => {
    for (const each of avahi.values()) each.stop();
    scene.remove();
    program.remove();
    rmSync(folder, { recursive: true });
  });

  const pairs = [
    ['system', 'system'],
    ['system', 'builtin'],
    ['builtin', 'system'],
  ] as const;

  it.each(pairs)('%s on the one and %s on the other see each other, and take leave', async (one, other) => {
    const make = { system: bySystem, builtin: bySelf };
    const ann = make[one]('left', 'ann', { port: 4712 });
    expect((await ann.first('status')).data).toEqual(on);
    const rounds: number[][] = [];
    for (let round = 0; round < 5; round += 1) {
      const before = ann.events.length;
      const bob = make[other]('right', 'bob', { port: 4713 });
      const [annSawBob, bobSawAnn, begun] = await Promise.all([
        ann.seeing('bob', before),
        bob.seeing('ann'),
        bob.first('starting'),
      ]);
      expect(annSawBob.data).toMatchObject({ contact: 'bob', port: 4713 });
      expect(bobSawAnn.data).toMatchObject({ contact: 'ann', port: 4712 });
      await ann.seeing('bob', before, (found) => found.includes('10.77.0.2'));
      await bob.seeing('ann', 0, (found) => found.includes('10.77.0.1'));
      await bob.stop();
      const [lost, stopping] = await Promise.all([ann.first('lost', before), bob.first('stopping')]);
      rounds.push([annSawBob.at - begun.at, bobSawAnn.at - begun.at, lost.at - stopping.at]);
    }
    const [seen, saw, gone] = [0, 1, 2].map((column) => rounds.map((round) => round[column]).join(', '));
    console.info(`${one}, ${other}: seen after ${seen} ms; saw after ${saw} ms; goodbye after ${gone} ms`);
    await ann.stop();
  });

  it('know each other by addresses of the link alone, link-local ones with scope', async () => {
    const [ann, bob] = [bySystem('left', 'ann'), bySystem('right', 'bob')];
    const both = (found: readonly string[]): boolean => found.length === 2;
    const [seen] = await Promise.all([ann.seeing('bob', 0, both), bob.seeing('ann', 0, both)]);
    expect(hosts(seen)[0]).toBe('10.77.0.2');
    expect(hosts(seen)[1]).toMatch(/^fe80::[0-9a-f:]+%loom0$/);
  });

  it('two on one machine and a third on another all see each other', async () => {
    const [ann, bob, carl] = [bySystem('left', 'ann'), bySystem('left', 'bob'), bySystem('right', 'carl')];
    await Promise.all([
      ...[ann.seeing('bob'), ann.seeing('carl')],
      ...[bob.seeing('ann'), bob.seeing('carl')],
      ...[carl.seeing('ann'), carl.seeing('bob')],
    ]);
    expect(ann.seen).toEqual(new Set(['bob', 'carl']));
  });

  it('one who takes another key is seen by it, and no more by the old one', async () => {
    const [ann, bob] = [bySystem('left', 'ann'), bySystem('right', 'bob')];
    await Promise.all([ann.seeing('bob'), bob.seeing('ann')]);
    const renewed = 'bb'.repeat(32);
    const before = ann.events.length;
    const at = Date.now();
    tellKeys(bob, { key: renewed, contacts: { ann: keys.ann } });
    const lost = await ann.first('lost', before);
    const [told, known] = [Date.now(), ann.events.length];
    tellKeys(ann, { key: keys.ann, contacts: { bob: renewed } });
    const seen = await ann.seeing('bob', known);
    console.info(`another key: lost by the old one after ${lost.at - at} ms, seen by it after ${seen.at - told} ms`);
  });

  it('two who have not met, and add each other while they run, meet by their slots', async () => {
    const nobody = { contacts: {} };
    const [ann, bob] = [bySystem('left', 'ann', nobody), bySystem('right', 'bob', nobody)];
    await Promise.all([ann.first('status'), bob.first('status')]);
    // Long enough for both to be known to the other as strangers.
    await pass(4_000);
    expect([...ann.events, ...bob.events].map(({ event }) => event)).not.toContain('sighting');
    const [ours, theirs] = ['0a'.repeat(32), '0b'.repeat(32)];
    const at = Date.now();
    tellKeys(ann, { key: keys.ann, contacts: {}, unmet: { bob: { ours, theirs } } });
    await pass(500);
    tellKeys(bob, { key: keys.bob, contacts: {}, unmet: { ann: { ours: theirs, theirs: ours } } });
    const [seen, saw] = await Promise.all([ann.seeing('bob'), bob.seeing('ann')]);
    console.info(`added each other: seen after ${seen.at - at - 500} ms, saw after ${saw.at - at - 500} ms`);
  });

  it('resolve each other’s host names, and ask no DNS server', async () => {
    const settings = join(folder, 'resolv.conf');
    writeFileSync(settings, 'nameserver 10.77.0.2\n');
    const dns = scene.command('right', process.execPath, '-e', DNS_SERVER);
    await dns.first('ready');
    const within = [
      ...avahi.get('left')!.within,
      'sh',
      '-c',
      'mount --bind "$0" /etc/resolv.conf && exec "$@"',
      settings,
    ];
    const ann = scene.start('left', 'ann', { responder: responder() }, within);
    const bob = bySystem('right', 'bob');
    await Promise.all([ann.seeing('bob'), bob.seeing('ann')]);
    const found = await ann.ask<{ hosts: readonly string[] }>('right-host.local', 'resolved');
    expect(found.hosts[0]).toBe('10.77.0.2');
    expect(await ann.ask('nobody.local', 'resolved')).toMatchObject({ hosts: [] });
    expect(dns.events.map(({ event }) => event)).toEqual(['ready']);
    // It would have shown.
    const lookUp = "require('node:dns').lookup('right-host.local', () => undefined)";
    scene.command('left', ...within, process.execPath, '-e', lookUp);
    await dns.first('asked');
  });

  it('a responder that goes is a status, and one that is back finds everyone again', async () => {
    const [ann, bob] = [bySystem('left', 'ann'), bySystem('right', 'bob')];
    await Promise.all([ann.seeing('bob'), bob.seeing('ann')]);
    for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
      const [ofAnn, ofBob, at] = [ann.events.length, bob.events.length, Date.now()];
      await avahi.get('left')!.killDaemon(signal);
      const told = await status(ann, silent, ofAnn);
      await ann.first('lost', ofAnn);
      expect(await ann.ask('report', 'report')).toBe('responder-silent');
      expect(await ann.ask('right-host.local', 'resolved')).toMatchObject({ hosts: [] });
      const started = Date.now();
      await avahi.get('left')!.startDaemon();
      const back = await status(ann, on, ofAnn);
      const [seen, saw] = await Promise.all([ann.seeing('bob', ofAnn), bob.seeing('ann', ofBob)]);
      console.info(
        `${signal}: told after ${told.at - at} ms; started again: back after ${back.at - started} ms, ` +
          `sees after ${seen.at - started} ms, seen after ${saw.at - started} ms`,
      );
      expect(await ann.ask('report', 'report')).toBeNull();
    }
  });

  it('a start before the responder’s waits for it', async () => {
    await avahi.get('left')!.killDaemon();
    const ann = bySystem('left', 'ann');
    expect((await ann.first('status')).data).toEqual(silent);
    expect(await ann.ask('report', 'report')).toBe('responder-silent');
    await avahi.get('left')!.startDaemon();
    await status(ann, on);
    const bob = bySelf('right', 'bob');
    await Promise.all([ann.seeing('bob'), bob.seeing('ann')]);
    await Promise.all([ann.stop(), bob.stop()]);
  });

  it('a cable out is a status, and in again finds everyone', async () => {
    const [ann, bob] = [bySystem('left', 'ann'), bySystem('right', 'bob')];
    await Promise.all([ann.seeing('bob'), bob.seeing('ann')]);
    const before = ann.events.length;
    machines!.plug('left', 'down');
    await ann.first('lost', before);
    await status(ann, { status: 'unavailable', reason: 'No network with multicast is connected.' }, before);
    expect(await ann.ask('report', 'report')).toBe('no-multicast');
    machines!.plug('left', 'up');
    await status(ann, on, before);
    await ann.seeing('bob', before);
  });
});

const DNS_SERVER = `
const print = (event) => console.log(JSON.stringify({ event, at: Date.now(), data: null }));
const socket = require('node:dgram').createSocket('udp4');
socket.on('message', () => print('asked'));
socket.bind(53, () => print('ready'));
`;

function tellKeys(instance: Instance, changed: Keys): void {
  instance.tell(JSON.stringify(changed));
}

function pass(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
