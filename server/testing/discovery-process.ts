// One discovery in a process of its own, for tests in network namespaces: takes its settings as JSON in the first
// argument, prints events as lines of JSON, and stops when its input ends.
import { randomBytes } from 'node:crypto';
import { choosePrimitives } from '../crypto/choose.ts';
import { MdnsDiscovery } from '../discovery/mdns.ts';
import { SilentDiscovery } from '../discovery/silent.ts';
import { systemClock } from '../engine/clock.ts';

interface Settings {
  readonly silent: boolean;
  /** 32 bytes as hex. */
  readonly key: string;
  /** TCP. */
  readonly port: number;
  readonly contacts: Record<string, string>;
}

const settings = JSON.parse(process.argv[2] ?? '') as Settings;
const print = (event: string, data: unknown): void => {
  process.stdout.write(`${JSON.stringify({ event, at: Date.now(), data })}\n`);
};
const discovery = settings.silent
  ? new SilentDiscovery()
  : new MdnsDiscovery({
      primitives: choosePrimitives(undefined),
      clock: systemClock,
      random: (length) => new Uint8Array(randomBytes(length)),
    });
const contacts = Object.entries(settings.contacts).map(([contact, key]) => ({ contact, key: Buffer.from(key, 'hex') }));

process.stdin.on('data', (chunk) => {
  const name = chunk.toString().trim();
  const asked = Date.now();
  void discovery.resolve(name).then((hosts) => print('resolved', { name, hosts, ms: Date.now() - asked }));
});
process.stdin.on('end', () => {
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
