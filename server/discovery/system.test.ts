// The system backend without a system: the process of the library is played by the test.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { choosePrimitives } from '../crypto/choose.ts';
import { builtProgram, type BuiltProgram } from '../testing/built-program.ts';
import { FakeClock } from '../testing/fake-clock.ts';
import { seededRandom } from '../testing/seeded-random.ts';
import type { TimerClock } from '../timing/timer-group.ts';
import type { DiscoveryStatus, VisibleCard, Presence, Sighting } from './discovery.ts';
import type { Interfaces } from '../network/adapters.ts';
import { encodeText, parseText } from './mdns/dns/txt-record.ts';
import { presenceHint, quarterHour } from './hint.ts';
import { isLabel, newLabel } from './presence.ts';
import { SystemDiscovery } from './system.ts';
import { spawnProgram, type ChildEvents } from './system/child.ts';
import { writeStrings } from './system/parse-reports.ts';
import { MAX_WATCHES, MAX_WATCHES_PER_SECOND } from './system/limits.ts';
import type { Order, ReportKind } from './system/child-protocol.ts';

const MINUTE = 60_000;
const primitives = choosePrimitives(undefined);
const annKey = new Uint8Array(32).fill(1);
const ownKey = new Uint8Array(32).fill(7);
const presence: Presence = { ownKey, contacts: [{ contact: 'ann', key: annKey }], unmet: [], card: null };

const missing = 'The package “mdns”, which --discovery system needs, is not installed.';
const notBuilt =
  'The package “mdns”, which --discovery system needs, cannot be loaded: it was not built here, or for another version of Node.';
const silent =
  'The service of this system that finds others on the network (avahi-daemon, or Bonjour) does not answer.';

function entry(cidr: string): NonNullable<Interfaces[string]>[number] {
  const [address = ''] = cidr.split('/');
  const rest = { address, netmask: '', mac: '', internal: cidr.startsWith('127.'), cidr };
  return address.includes(':') ? { ...rest, family: 'IPv6', scopeid: 2 } : { ...rest, family: 'IPv4' };
}

type Ordered<Kind extends Order['kind']> = Extract<Order, { kind: Kind }>;

/** A process of the library, and the responder behind it. */
class Stage {
  readonly orders: Order[] = [];
  readonly events: ChildEvents;
  released = false;
  killed = false;

  constructor(events: ChildEvents) {
    this.events = events;
  }

  order(order: Order): void {
    this.orders.push(order);
  }

  release(): Promise<void> {
    this.released = true;
    return Promise.resolve();
  }

  kill(): void {
    this.killed = true;
    this.events.onEnd();
  }

  report(id: number, kind: ReportKind, data: Readonly<Record<string, unknown>> = {}): void {
    this.events.onReport({ id, kind, data });
  }

  /** Orders of this kind that were not stopped. */
  going<Kind extends Order['kind']>(kind: Kind): Ordered<Kind>[] {
    const stopped = new Set(this.orders.filter((order) => order.kind === 'stop').map(({ id }) => id));
    return this.orders.filter((order): order is Ordered<Kind> => order.kind === kind && !stopped.has(order.id));
  }

  /** The browse on an adapter; null: the one that tells whether the responder is there. */
  browse(scope: string | null): number {
    return this.going('browse').find((order) => order.scope === scope)?.id ?? -1;
  }

  comesUp(): void {
    this.report(0, 'ready');
    this.report(this.browse(null), 'begun');
  }

  lists(name: unknown, scope: unknown = 'eth0', domain: unknown = 'local.'): void {
    this.report(this.browse('eth0'), 'listed', { name, scope, domain });
  }
}

let clock: FakeClock;
let random: (length: number) => Uint8Array;
let interfaces: Interfaces;
let stages: Stage[];
let discovery: SystemDiscovery;
let statuses: DiscoveryStatus[];
let sightings: Sighting[];
let lost: string[];
let people: (readonly VisibleCard[])[];

const stage = (): Stage => stages.at(-1)!;
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

beforeEach(() => {
  clock = new FakeClock();
  random = seededRandom('system');
  interfaces = { lo: [entry('127.0.0.1/8')], eth0: [entry('192.168.1.5/24'), entry('fe80::5/64')] };
  stages = [];
  statuses = [];
  sightings = [];
  lost = [];
  people = [];
  discovery = new SystemDiscovery({
    primitives,
    clock,
    random,
    interfaces: () => interfaces,
    spawn: (events) => {
      stages.push(new Stage(events));
      return stage();
    },
  });
});

/** @returns its start, which goes on: the process has been started. */
async function begin(): Promise<{ readonly done: Promise<void> }> {
  const done = discovery.start(presence, 4712, {
    onSighting: (sighting) => sightings.push(sighting),
    onLost: (contact) => lost.push(contact),
    onPeople: (all) => people.push(all),
    onStatus: (status) => statuses.push(status),
  });
  await turn();
  return { done };
}

async function up(): Promise<void> {
  const { done } = await begin();
  stage().comesUp();
  await done;
}

function advertOf(
  key: Uint8Array,
  label = newLabel(random),
  port = 4713,
): { label: string; port: number; text: string } {
  const nonce = random(8);
  const hint = presenceHint(primitives, key, { quarter: quarterHour(clock.now()), label, nonce, port });
  return { label, port, text: writeStrings(encodeText({ nonce, hint, slots: random(128) })) };
}

/** Says all there is to say of a service, as a responder would. */
async function says({ label, port, text }: ReturnType<typeof advertOf>, addresses = ['192.168.1.9']): Promise<void> {
  stage().lists(label);
  const watch = stage()
    .going('resolve')
    .find((order) => order.label === label);
  if (!watch) return;
  stage().report(watch.id, 'resolved', { host: `${label}-host.local.`, port, text });
  await findsHosts(addresses);
}

async function findsHosts(addresses: readonly string[], scope = 'eth0'): Promise<void> {
  for (const { id } of stage().going('find')) {
    for (const address of addresses) stage().report(id, 'found', { scope, address });
  }
  clock.advance(200);
  await turn();
}

describe('the responder', () => {
  it('is not there without the package, which is a status and no error', async () => {
    const { done } = await begin();
    stage().report(0, 'without', { installed: false });
    await done;
    expect(statuses).toEqual([{ status: 'unavailable', reason: missing }]);
    expect(discovery.report()).toEqual({ problem: 'responder-missing', traffic: new Map() });
    const found = discovery.resolve('laptop.local');
    clock.advance(MINUTE);
    expect(await found).toEqual([]);
    expect(stages).toHaveLength(1);
    await discovery.stop();
    expect(statuses.at(-1)).toEqual({ status: 'off', reason: '' });
  });

  it('is not there when the package was not built', async () => {
    const { done } = await begin();
    stage().report(0, 'without', { installed: true });
    await done;
    expect(statuses).toEqual([{ status: 'unavailable', reason: notBuilt }]);
  });

  it('is asked again until it answers', async () => {
    const { done } = await begin();
    stage().report(0, 'ready');
    stage().report(stage().browse(null), 'failed');
    await done;
    expect(statuses).toEqual([{ status: 'unavailable', reason: silent }]);
    expect(discovery.report().problem).toBe('responder-silent');
    clock.advance(7_000);
    stage().report(stage().browse(null), 'begun');
    expect(statuses.at(-1)).toEqual({ status: 'on', reason: '' });
    expect(stages).toHaveLength(1);
  });

  it('that hangs is unavailable, and tried anew by another process', async () => {
    const { done } = await begin();
    stage().report(0, 'ready');
    clock.advance(5_000);
    await done;
    expect(statuses).toEqual([{ status: 'unavailable', reason: silent }]);
    clock.advance(33_000);
    expect(stages.map(({ killed }) => killed)).toEqual([true, false]);
    stage().comesUp();
    expect(statuses.at(-1)).toEqual({ status: 'on', reason: '' });
  });

  it('that goes is told at once, and everybody is lost with it', async () => {
    await up();
    await says(advertOf(annKey));
    expect(sightings).toHaveLength(1);
    stage().report(stage().browse(null), 'failed');
    expect(statuses.at(-1)).toEqual({ status: 'unavailable', reason: silent });
    expect(lost).toEqual(['ann']);
    expect(stages.map(({ killed }) => killed)).toEqual([true]);
    clock.advance(7_000);
    stage().comesUp();
    expect(statuses.at(-1)).toEqual({ status: 'on', reason: '' });
    expect(stage().going('register')).toHaveLength(1);
  });

  it('takes the process with it: that ends nothing else', async () => {
    await up();
    stage().events.onEnd();
    expect(statuses.at(-1)).toEqual({ status: 'unavailable', reason: silent });
    clock.advance(7_000);
    expect(stages).toHaveLength(2);
  });

  it('is let go of at the end', async () => {
    await up();
    await discovery.stop();
    expect(stage().released).toBe(true);
    expect(stage().going('register')).toEqual([]);
    expect(statuses.at(-1)).toEqual({ status: 'off', reason: '' });
  });

  it('is of no use without a network', async () => {
    interfaces = { lo: [entry('127.0.0.1/8')] };
    await up();
    expect(statuses).toEqual([{ status: 'unavailable', reason: 'No network with multicast is connected.' }]);
    expect(discovery.report().problem).toBe('no-multicast');
    interfaces = { eth0: [entry('192.168.1.5/24')] };
    clock.advance(3_000);
    expect(statuses.at(-1)).toEqual({ status: 'on', reason: '' });
  });
});

describe('what is announced', () => {
  const textOf = (text: string): ReturnType<typeof parseText> => {
    const bytes = Buffer.from(text, 'base64');
    const strings: Buffer[] = [];
    for (let at = 0; at < bytes.length; at += 1 + bytes[at]!) strings.push(bytes.subarray(at + 1, at + 1 + bytes[at]!));
    return parseText(strings);
  };

  it('is a random name with a hint that contacts know, another on each adapter', async () => {
    interfaces = { ...interfaces, wlan0: [entry('10.0.0.5/24')] };
    await up();
    const registered = stage().going('register');
    expect(registered.map(({ scope, port }) => [scope, port])).toEqual([
      ['eth0', 4712],
      ['wlan0', 4712],
    ]);
    expect(new Set(registered.map(({ label }) => label)).size).toBe(2);
    for (const { label, text } of registered) {
      expect(isLabel(label)).toBe(true);
      const { nonce, hint, card } = textOf(text)!;
      const quarter = quarterHour(clock.now());
      expect(hint).toEqual(presenceHint(primitives, ownKey, { quarter, label, nonce, port: 4712 }));
      expect(card).toBeUndefined();
    }
  });

  it('is renewed under its name in each quarter of an hour', async () => {
    await up();
    const [{ id, label, text }] = stage().going('register') as [Ordered<'register'>];
    stage().report(id, 'registered', { name: label });
    clock.advance(16 * MINUTE);
    const updates = stage().orders.filter((order): order is Ordered<'update'> => order.kind === 'update');
    expect(updates.map((update) => update.id)).toEqual([id]);
    expect(updates[0]!.text).not.toBe(text);
  });

  it('takes another name every hour, and says it before the old one goes', async () => {
    await up();
    const [first] = stage().going('register') as [Ordered<'register'>];
    stage().report(first.id, 'registered', { name: first.label });
    clock.advance(62 * MINUTE);
    const [old, other] = stage().going('register') as [Ordered<'register'>, Ordered<'register'>];
    expect(old.id).toBe(first.id);
    expect(other.label).not.toBe(first.label);
    stage().report(other.id, 'registered', { name: other.label });
    clock.advance(1_000);
    expect(
      stage()
        .going('register')
        .map(({ id }) => id),
    ).toEqual([other.id]);
  });

  it.each([
    ['a conflict', 'conflict', {}],
    ['a name the responder chose', 'registered', { name: 'something #2' }],
  ] as const)('takes another name after %s', async (_, kind, data) => {
    await up();
    const [first] = stage().going('register') as [Ordered<'register'>];
    stage().report(first.id, kind, data);
    const [other] = stage().going('register') as [Ordered<'register'>];
    expect(other.id).not.toBe(first.id);
    expect(isLabel(other.label)).toBe(true);
  });
});

it('somebody who is always in the way of our name does not keep us silent', async () => {
  await up();
  for (let i = 0; i < 8; i += 1) {
    const [registered] = stage().going('register').slice(-1) as [Ordered<'register'>];
    stage().report(registered.id, 'conflict', {});
    clock.advance(17_000);
    expect(stage().going('register').at(-1)!.id).not.toBe(registered.id);
  }
});

describe('what is seen', () => {
  beforeEach(up);

  it('is a contact, with the addresses of its host, until it takes its leave', async () => {
    const advert = advertOf(annKey);
    await says(advert, ['192.168.1.9', 'fe80::9']);
    expect(sightings.at(-1)).toEqual({
      contact: 'ann',
      hosts: ['192.168.1.9', 'fe80::9%eth0'],
      port: 4713,
      clockDifference: 0,
    });
    clock.advance(10 * MINUTE);
    expect(lost).toEqual([]);
    stage().report(stage().browse('eth0'), 'unlisted', { name: advert.label, scope: 'eth0', domain: 'local.' });
    expect(lost).toEqual(['ann']);
    expect(stage().going('resolve')).toEqual([]);
  });

  it('stays while one family still lists it', async () => {
    const advert = advertOf(annKey);
    await says(advert);
    stage().lists(advert.label);
    const unlist = (): void =>
      stage().report(stage().browse('eth0'), 'unlisted', { name: advert.label, scope: 'eth0', domain: 'local.' });
    unlist();
    expect(lost).toEqual([]);
    unlist();
    expect(lost).toEqual(['ann']);
  });

  it('is lost when the responder cannot resolve it any more, and back when it can', async () => {
    const advert = advertOf(annKey);
    await says(advert);
    stage().report(stage().going('resolve')[0]!.id, 'failed');
    expect(lost).toEqual(['ann']);
    while (stage().going('resolve').length === 0) clock.advance(1_000);
    const [watch] = stage().going('resolve');
    stage().report(watch!.id, 'resolved', {
      host: 'other.local.',
      port: 4713,
      text: advertOf(annKey, advert.label).text,
    });
    await findsHosts(['192.168.1.10']);
    expect(sightings.at(-1)?.hosts).toEqual(['192.168.1.10']);
  });

  it('is a stranger who becomes a contact by another text under the same name', async () => {
    const advert = advertOf(new Uint8Array(32).fill(9));
    await says(advert);
    expect(sightings).toEqual([]);
    const [watch] = stage().going('resolve');
    const { text } = advertOf(annKey, advert.label);
    stage().report(watch!.id, 'resolved', { host: `${advert.label}-host.local.`, port: 4713, text });
    expect(sightings).toHaveLength(1);
  });

  it('is somebody who shows a card', async () => {
    const label = newLabel(random);
    const card = { name: 'Zoë', token: `LOOM-${'A'.repeat(80)}` };
    const text = writeStrings(encodeText({ nonce: random(8), hint: random(16), card }));
    await says({ label, port: 4713, text });
    expect(people.at(-1)).toEqual([{ ...card, hosts: ['192.168.1.9'], port: 4713 }]);
  });

  it('is never ourselves', async () => {
    const [own] = stage().going('register');
    stage().lists(own!.label);
    expect(stage().going('resolve')).toEqual([]);
    await turn();
  });

  it('is asked for on the adapters that are used, and on no other', () => {
    expect(
      stage()
        .going('browse')
        .map(({ scope }) => scope),
    ).toEqual([null, 'eth0']);
    interfaces = { wlan0: [entry('10.0.0.5/24')] };
    clock.advance(3_000);
    expect(
      stage()
        .going('browse')
        .map(({ scope }) => scope),
    ).toEqual([null, 'wlan0']);
  });

  it('is a host that somebody typed, never asked of DNS', async () => {
    const found = discovery.resolve('Laptop.local');
    clock.advance(20);
    expect(
      stage()
        .going('find')
        .map(({ host }) => host),
    ).toEqual(['laptop.local']);
    await findsHosts(['192.168.1.9', 'fe80::9', '8.8.8.8', 'nonsense']);
    clock.advance(200);
    expect(await found).toEqual(['192.168.1.9', 'fe80::9%eth0']);
    expect(await discovery.resolve('example.org')).toEqual([]);
    expect(stage().orders.filter(({ kind }) => kind === 'find')).toHaveLength(1);
  });
});

describe('hostile input', () => {
  beforeEach(up);

  const labels = [
    '',
    'x',
    'A'.repeat(16),
    'a'.repeat(64),
    'a'.repeat(5_000),
    'a.b',
    '\0'.repeat(16),
    7,
    null,
    undefined,
  ];

  it.each(labels.map((label) => [JSON.stringify(label ?? null).slice(0, 40), label]))('%s is no name', (_, label) => {
    stage().lists(label);
    expect(stage().going('resolve')).toEqual([]);
  });

  it.each([
    ['another domain', ['eth0', 'example.org.']],
    ['another adapter', ['wlan0', 'local.']],
    ['no adapter', [null, 'local.']],
  ] as const)('a service of %s is none', (_, [scope, domain]) => {
    stage().lists(newLabel(random), scope, domain);
    expect(stage().going('resolve')).toEqual([]);
  });

  const sound = { host: 'laptop.local.', port: 4713, text: Buffer.from('\u0003v=2').toString('base64') };
  it.each([
    ['a port of 0', { ...sound, port: 0 }],
    ['a port too high', { ...sound, port: 65_536 }],
    ['no port', { ...sound, port: '4713' }],
    ['a host in DNS', { ...sound, host: 'example.org.' }],
    ['a host with a line break', { ...sound, host: 'a\nb.local.' }],
    ['a host of 300 bytes', { ...sound, host: `${'a'.repeat(300)}.local.` }],
    ['no host', { ...sound, host: null }],
    ['a text that ends early', { ...sound, text: Buffer.from('\u0009v=2').toString('base64') }],
    ['a huge text', { ...sound, text: Buffer.alloc(65_535, 1).toString('base64') }],
    ['no text', { ...sound, text: null }],
  ])('%s resolves to nothing', (_, data) => {
    stage().lists(newLabel(random));
    const [watch] = stage().going('resolve');
    stage().report(watch!.id, 'resolved', data);
    expect(stage().going('resolve')).toEqual([]);
    expect(stage().going('find')).toEqual([]);
  });

  it.each([[['8.8.8.8']], [['127.0.0.1', '::1']], [['::ffff:192.168.1.9']], [['2001:db8::1', '', 'x'.repeat(99)]]])(
    '%j are no addresses to dial',
    async (addresses) => {
      await says(advertOf(annKey), addresses);
      expect(sightings).toEqual([]);
    },
  );

  it('addresses on an adapter that is not used are none', async () => {
    const advert = advertOf(annKey);
    stage().lists(advert.label);
    stage().report(stage().going('resolve')[0]!.id, 'resolved', { ...advert, host: 'laptop.local.' });
    await findsHosts(['10.0.0.9'], 'wlan0');
    expect(sightings).toEqual([]);
  });

  it.each([
    [null],
    [7],
    ['ready'],
    [{}],
    [{ id: 0 }],
    [{ id: 'x', kind: 'ready', data: {} }],
    [{ id: 1, kind: 'failed' }],
  ])('a report of %j is none', (report) => {
    stage().events.onReport(report);
    expect(statuses.at(-1)).toEqual({ status: 'on', reason: '' });
  });

  it('thousands of services are looked at in turn, a few at once, and push out no contact', async () => {
    await says(advertOf(annKey));
    expect(sightings).toHaveLength(1);
    let most = 0;
    for (let number = 0; number < 5_000; number += 1) {
      const advert = advertOf(new Uint8Array(32).fill(9));
      await says(advert);
      most = Math.max(most, stage().going('resolve').length);
      if (number % 500 === 0) clock.advance(1_000);
    }
    expect(most).toBeLessThanOrEqual(MAX_WATCHES);
    expect(lost).toEqual([]);
    // Somebody new is still seen.
    const bob = {
      ownKey,
      contacts: [
        { contact: 'ann', key: annKey },
        { contact: 'bob', key: ownKey },
      ],
      unmet: [],
      card: null,
    };
    discovery.update(bob);
    clock.advance(30_000);
    const advert = advertOf(ownKey);
    stage().lists(advert.label);
    for (let second = 0; second < 40; second += 1) {
      for (const { id, label } of stage().going('resolve')) {
        const data = label === advert.label ? { ...advert, host: 'bobs.local.' } : null;
        if (data) stage().report(id, 'resolved', data);
        else stage().report(id, 'failed');
      }
      await findsHosts(['192.168.1.20']);
      clock.advance(1_000);
    }
    expect(sightings.at(-1)?.contact).toBe('bob');
  });

  it('silent services take no watch for long', () => {
    for (let number = 0; number < 200; number += 1) stage().lists(newLabel(random));
    expect(stage().going('resolve').length).toBe(MAX_WATCHES_PER_SECOND);
    clock.advance(MINUTE);
    expect(stage().orders.filter(({ kind }) => kind === 'resolve').length).toBeGreaterThanOrEqual(200);
    expect(stage().going('resolve').length).toBeLessThanOrEqual(MAX_WATCHES);
  });
});

describe('the process of the library', () => {
  let program: BuiltProgram;
  const folder = mkdtempSync(join(tmpdir(), 'loom-responder-'));

  beforeAll(async () => {
    program = await builtProgram(new URL('system/responder-process.ts', import.meta.url));
  });

  afterAll(() => {
    program.remove();
    rmSync(folder, { recursive: true });
  });

  const realClock: TimerClock = {
    now: () => Date.now(),
    after: (ms, action) => {
      const timer = setTimeout(action, ms);
      return () => clearTimeout(timer);
    },
  };

  async function statusWith(file: string): Promise<DiscoveryStatus> {
    const spawn = spawnProgram(program.path, [pathToFileURL(file).href]);
    const real = new SystemDiscovery({ primitives, clock: realClock, random, interfaces: () => interfaces, spawn });
    const told: DiscoveryStatus[] = [];
    const nothing = (): void => undefined;
    const listener = { onSighting: nothing, onLost: nothing, onPeople: nothing };
    await real.start(presence, 4712, { ...listener, onStatus: (status) => told.push(status) });
    await real.stop();
    expect(told).toHaveLength(2);
    return told[0]!;
  }

  it('says that the package is not there', async () => {
    expect(await statusWith(join(folder, 'nowhere.js'))).toEqual({ status: 'unavailable', reason: missing });
  });

  it('says that it cannot be loaded', async () => {
    const file = join(folder, 'unbuilt.cjs');
    writeFileSync(file, "require('./build/Release/dns_sd_bindings');");
    expect(await statusWith(file)).toEqual({ status: 'unavailable', reason: notBuilt });
  });

  it('that ends at once, as native code may, is a responder that is not there', async () => {
    const file = join(folder, 'crash.cjs');
    writeFileSync(file, "process.kill(process.pid, 'SIGSEGV');");
    expect(await statusWith(file)).toEqual({ status: 'unavailable', reason: silent });
  });

  it('that hears of no responder says so', async () => {
    const file = join(folder, 'silent.cjs');
    writeFileSync(
      file,
      "module.exports = { isAvahi: false, loopbackInterface: () => 1, Browser: class { constructor() { throw new Error('unknown'); } } };",
    );
    expect(await statusWith(file)).toEqual({ status: 'unavailable', reason: silent });
  });
});
