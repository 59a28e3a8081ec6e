// One discovery in a process of its own, for tests in network namespaces: takes its settings as JSON in the first
// argument, prints events as lines of JSON, and stops when its input ends. A line of input is `facts`, or a name to resolve.
import { randomBytes } from 'node:crypto';
import { createInterface } from 'node:readline';
import { choosePrimitives } from '../crypto/choose.ts';
import { ChosenAdapters, type AdapterChoice } from '../discovery/adapter-choice.ts';
import { MdnsDiscovery } from '../discovery/mdns.ts';
import { SilentDiscovery } from '../discovery/silent.ts';
import { systemClock } from '../engine/clock.ts';

export interface DiscoverySettings {
  readonly silent: boolean;
  /** 32 bytes as hex. */
  readonly key: string;
  /** TCP. */
  readonly port: number;
  /** Keys as hex. */
  readonly contacts: Readonly<Record<string, string>>;
  readonly adapters: AdapterChoice;
}

export interface DiscoveryFacts {
  /** Bytes, after collecting garbage. */
  readonly rss: number;
  /** Packets of others, by adapter. */
  readonly heard: Readonly<Record<string, number>>;
  /** Seconds of processor time so far. */
  readonly cpu: number;
}

const settings = JSON.parse(process.argv[2] ?? '') as DiscoverySettings;
const print = (event: string, data: unknown): void => {
  process.stdout.write(`${JSON.stringify({ event, at: Date.now(), data })}\n`);
};
const discovery = settings.silent
  ? new SilentDiscovery()
  : new MdnsDiscovery({
      primitives: choosePrimitives(undefined),
      clock: systemClock,
      random: (length) => new Uint8Array(randomBytes(length)),
      interfaces: new ChosenAdapters(settings.adapters).list,
    });
const contacts = Object.entries(settings.contacts).map(([contact, key]) => ({ contact, key: Buffer.from(key, 'hex') }));

function facts(): DiscoveryFacts {
  globalThis.gc?.();
  const heard = [...discovery.report().traffic].map(([name, traffic]) => [name, traffic.heard] as const);
  const { user, system } = process.cpuUsage();
  return { rss: process.memoryUsage().rss, heard: Object.fromEntries(heard), cpu: (user + system) / 1e6 };
}

const lines = createInterface(process.stdin);
lines.on('line', (line) => {
  if (line === 'facts') print('facts', facts());
  else void discovery.resolve(line).then((hosts) => print('resolved', { name: line, hosts }));
});
lines.on('close', () => {
  print('stopping', null);
  void discovery.stop().then(() => process.exit(0));
});
print('starting', null);
const presence = { ownKey: Buffer.from(settings.key, 'hex'), contacts, unmet: [], card: null };
await discovery.start(presence, settings.port, {
  onSighting: (sighting) => print('sighting', sighting),
  onLost: (contact) => print('lost', contact),
  onPeople: (people) => print('people', people),
  onStatus: (status) => print('status', status),
});
