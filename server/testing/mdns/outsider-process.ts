// Others on the network, for tests in network namespaces: who listens, who keeps the port to himself, who floods, and a
// crowd of strangers. Takes its part as JSON in the first argument, prints events as lines of JSON, and ends with its input.
import { randomBytes } from 'node:crypto';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { networkInterfaces } from 'node:os';
import { choosePrimitives } from '../../crypto/choose.ts';
import { describeAdapter, listAdapters, type Adapter, type Family } from '../../network/adapters.ts';
import { announceBy } from '../../discovery/mdns/announcement.ts';
import { Announcer } from '../../discovery/mdns/announcer.ts';
import { parseMessage } from '../../discovery/mdns/dns/packet.ts';
import { FamilySocket } from '../../discovery/mdns/socket.ts';
import { systemClock } from '../../timing/clock.ts';
import { hostilePacket } from './hostile-packets.ts';

export type Part =
  | { readonly kind: 'listener' }
  | { readonly kind: 'holder' }
  /** Strangers, one on each IPv4 address of the machine but the first. */
  | { readonly kind: 'crowd' }
  | { readonly kind: 'flood'; readonly packets: number };

export interface HeardPacket {
  readonly from: string;
  /** base64. */
  readonly bytes: string;
}

const PORT = 5353;
const GROUP = '224.0.0.251';
/** Sent before waiting for them to be gone; fewer than a socket's queue holds. */
const VOLLEY = 25;

const print = (event: string, data: unknown = null): void => {
  process.stdout.write(`${JSON.stringify({ event, at: Date.now(), data })}\n`);
};
const random = (length: number): Uint8Array => new Uint8Array(randomBytes(length));
const ignore = (): void => undefined;

async function open(family: Family, onPacket: (bytes: Buffer, from: string) => void): Promise<FamilySocket> {
  const events = { onSent: ignore, onClosed: ignore };
  const socket = await FamilySocket.open(family, PORT, {
    ...events,
    onPacket: (bytes, { address }) => onPacket(bytes, address),
  });
  socket.follow(new Set(listAdapters().flatMap(({ joins }) => joins.get(family) ?? [])));
  return socket;
}

async function listen(): Promise<void> {
  const tell = (bytes: Buffer, from: string): void => print('packet', { from, bytes: bytes.toString('base64') });
  await Promise.all([open('ipv4', tell), open('ipv6', tell)]);
}

async function hold(): Promise<void> {
  for (const [type, address] of [
    ['udp4', '0.0.0.0'],
    ['udp6', '::'],
  ] as const) {
    const holder = createSocket({ type, ipv6Only: type === 'udp6' });
    holder.bind({ port: PORT, address, exclusive: true });
    await once(holder, 'listening');
  }
}

async function flood(packets: number): Promise<void> {
  const [adapter] = listAdapters();
  if (!adapter) throw new Error('no network');
  const sockets = await Promise.all(
    [...adapter.joins].map(async ([family, join]) => ({ join, socket: await open(family, ignore) })),
  );
  for (let number = 0; number < packets; number += 1) {
    const { join, socket } = sockets[number % sockets.length]!;
    socket.send(join, hostilePacket(number, random, adapter));
    if (number % VOLLEY === 0) await Promise.all(sockets.map((each) => each.socket.drained()));
  }
  await Promise.all(sockets.map(({ socket }) => socket.drained()));
}

/** Announces, probes and answers as a Loom does, from an address of its own. */
async function settle(adapter: Adapter, address: string): Promise<Announcer> {
  const socket: Socket = createSocket({ type: 'udp4', reuseAddr: true });
  socket.bind({ port: PORT, address, exclusive: true });
  await once(socket, 'listening');
  socket.setMulticastInterface(address);
  socket.setMulticastTTL(255);
  const announcer = new Announcer({
    primitives: choosePrimitives(undefined),
    clock: systemClock,
    random,
    presence: { ownKey: random(32), contacts: [], unmet: [], card: null },
    port: 4712,
    announce: announceBy({
      clock: systemClock,
      random,
      send: (_link, bytes) => socket.send(bytes, PORT, GROUP, ignore),
    }),
  });
  announcer.follow([adapter], false);
  return announcer;
}

async function gather(): Promise<void> {
  const [, ...own] = (networkInterfaces().loom0 ?? []).filter(({ family }) => family === 'IPv4');
  const crowd = await Promise.all(
    own.map(async (entry) => {
      const adapter = describeAdapter('loom0', [entry]);
      return { adapter, announcer: await settle(adapter, entry.address) };
    }),
  );
  await open('ipv4', (bytes, from) => {
    const message = parseMessage(bytes);
    if (!message) return;
    for (const { adapter, announcer } of crowd) announcer.receive(message, { adapter, family: 'ipv4' }, from);
  });
}

async function play(part: Part): Promise<void> {
  if (part.kind === 'listener') await listen();
  else if (part.kind === 'holder') await hold();
  else if (part.kind === 'crowd') await gather();
  else await flood(part.packets);
}

process.stdin.resume();
process.stdin.on('end', () => process.exit(0));
await play(JSON.parse(process.argv[2] ?? '') as Part);
print('ready');
