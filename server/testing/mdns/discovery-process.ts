// One discovery in a process of its own, for tests in network namespaces: takes its settings as JSON in the first
// argument, prints events as lines of JSON, and stops when its input ends. A line of input is `facts`,
// `report`, keys as JSON from then on, or a name to resolve.
import { randomBytes } from 'node:crypto';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { choosePrimitives } from '../../crypto/choose.ts';
import { ChosenAdapters, type AdapterChoice } from '../../network/adapter-choice.ts';
import { MdnsDiscovery } from '../../discovery/mdns.ts';
import type { Discovery, Presence } from '../../discovery/discovery.ts';
import { SilentDiscovery } from '../../discovery/silent.ts';
import { SystemDiscovery } from '../../discovery/system.ts';
import { spawnProgram } from '../../discovery/system/child.ts';
import { systemClock } from '../../timing/clock.ts';

/** Presence keys, 32 bytes as hex. */
export interface Keys {
  readonly key: string;
  /** By name. */
  readonly contacts: Readonly<Record<string, string>>;
  /** Of contacts not met: what we say to them, and what they say to us. */
  readonly unmet?: Readonly<Record<string, { readonly ours: string; readonly theirs: string }>>;
}

export interface DiscoverySettings extends Keys {
  readonly silent: boolean;
  /** TCP. */
  readonly port: number;
  readonly adapters: AdapterChoice;
  /** The system backend, by this program and on the package in this file; else the built-in one. */
  readonly responder?: { readonly program: string; readonly library: string };
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
const discovery = makeDiscovery(settings);

function presenceWith({ key, contacts, unmet = {} }: Keys): Presence {
  const bytes = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex, 'hex'));
  return {
    ownKey: bytes(key),
    contacts: Object.entries(contacts).map(([contact, theirs]) => ({ contact, key: bytes(theirs) })),
    unmet: Object.entries(unmet).map(([contact, { ours, theirs }]) => ({
      contact,
      ours: bytes(ours),
      theirs: bytes(theirs),
    })),
    card: null,
  };
}

function makeDiscovery({ silent, adapters, responder }: DiscoverySettings): Discovery {
  if (silent) return new SilentDiscovery();
  const options = {
    primitives: choosePrimitives(undefined),
    clock: systemClock,
    random: (length: number) => new Uint8Array(randomBytes(length)),
    interfaces: new ChosenAdapters(adapters).list,
  };
  if (!responder) return new MdnsDiscovery(options);
  const spawn = spawnProgram(responder.program, [pathToFileURL(responder.library).href]);
  return new SystemDiscovery({ ...options, spawn });
}

function facts(): DiscoveryFacts {
  globalThis.gc?.();
  const heard = [...discovery.report().traffic].map(([name, traffic]) => [name, traffic.heard] as const);
  const { user, system } = process.cpuUsage();
  return { rss: process.memoryUsage().rss, heard: Object.fromEntries(heard), cpu: (user + system) / 1e6 };
}

const lines = createInterface(process.stdin);
lines.on('line', (line) => {
  if (line === 'facts') print('facts', facts());
  else if (line.startsWith('{')) discovery.update(presenceWith(JSON.parse(line) as Keys));
  else if (line === 'report') print('report', discovery.report().problem);
  else void discovery.resolve(line).then((hosts) => print('resolved', { name: line, hosts }));
});
lines.on('close', () => {
  print('stopping', null);
  void discovery.stop().then(() => process.exit(0));
});
print('starting', null);
await discovery.start(presenceWith(settings), settings.port, {
  onSighting: (sighting) => print('sighting', sighting),
  onLost: (contact) => print('lost', contact),
  onPeople: (people) => print('people', people),
  onStatus: (status) => print('status', status),
});
