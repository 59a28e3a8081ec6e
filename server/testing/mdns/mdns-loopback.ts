// A network on this machine's loopback alone: real discoveries on real sockets under one fake clock, each test on a
// UDP port of its own. Nothing here leaves the machine.
import { createSocket } from 'node:dgram';
import type { Socket } from 'node:dgram';
import { networkInterfaces } from 'node:os';
import { choosePrimitives } from '../../crypto/choose.ts';
import type {
  Card,
  DiscoveryListener,
  DiscoveryStatus,
  RendezvousKeys,
  VisibleCard,
  Presence,
  PresenceKey,
  Sighting,
} from '../../discovery/discovery.ts';
import { MdnsDiscovery } from '../../discovery/mdns.ts';
import type { Interfaces } from '../../network/adapters.ts';
import { FakeClock } from '../fake-clock.ts';
import { seededRandom } from '../seeded-random.ts';

const GROUP = '224.0.0.251';
const LOOPBACK = '127.0.0.1';
let ports = 0;

/** Of this machine's adapters the one that leads nowhere else. */
export function loopback(): Interfaces {
  return { lo: networkInterfaces().lo };
}

/** One participant, and all it was told. */
export class Neighbour implements DiscoveryListener {
  readonly name: string;
  readonly key: Uint8Array;
  readonly port: number;
  readonly discovery: MdnsDiscovery;
  readonly events: string[] = [];
  readonly near = new Map<string, Sighting>();
  people: readonly VisibleCard[] = [];
  status: DiscoveryStatus = { status: 'off', reason: '' };

  constructor(name: string, port: number, discovery: MdnsDiscovery) {
    this.name = name;
    this.key = seededRandom(`presence key of ${name}`)(32);
    this.port = port;
    this.discovery = discovery;
  }

  start(...contacts: readonly Neighbour[]): Promise<void> {
    return this.discovery.start(this.presence(contacts), this.port, this);
  }

  presence(contacts: readonly Neighbour[], more: { unmet?: readonly RendezvousKeys[]; card?: Card } = {}): Presence {
    const { unmet = [], card = null } = more;
    return { ownKey: this.key, contacts: contacts.map(presenceKey), unmet, card };
  }

  onSighting(sighting: Sighting): void {
    this.near.set(sighting.contact, sighting);
    this.events.push(`found ${sighting.contact}`);
  }

  onLost(contact: string): void {
    this.near.delete(contact);
    this.events.push(`lost ${contact}`);
  }

  onPeople(people: readonly VisibleCard[]): void {
    this.people = people;
  }

  onStatus(status: DiscoveryStatus): void {
    this.status = status;
  }
}

export function presenceKey({ name, key }: Neighbour): PresenceKey {
  return { contact: name, key };
}

export class Neighbourhood {
  readonly clock = new FakeClock();
  /** UDP. */
  readonly port: number;
  readonly #neighbours: Neighbour[] = [];
  readonly #sockets: Socket[] = [];
  #echo: Promise<Socket> | null = null;

  constructor() {
    // Test workers are processes; each has a range of its own, below the ports systems give out by themselves.
    this.port = 10_000 + ((process.pid * 16 + ports) % 20_000);
    ports += 1;
  }

  /** @param ahead ms by which their clock is. */
  neighbour(name: string, interfaces: () => Interfaces = loopback, ahead = 0): Neighbour {
    const { clock } = this;
    const discovery = new MdnsDiscovery({
      primitives: choosePrimitives(undefined),
      clock: { now: () => clock.now() + ahead, after: (ms, action) => clock.after(ms, action) },
      random: seededRandom(`${name} ${this.port}`),
      interfaces,
      port: this.port,
    });
    const neighbour = new Neighbour(name, 4712 + this.#neighbours.length, discovery);
    this.#neighbours.push(neighbour);
    return neighbour;
  }

  /** A bare socket in the group: hears all that is said, says what it is told to. */
  async bystander(onPacket: (bytes: Buffer) => void = () => undefined): Promise<(bytes: Uint8Array) => Promise<void>> {
    const socket = createSocket({ type: 'udp4', reuseAddr: true });
    this.#sockets.push(socket);
    socket.on('message', onPacket);
    await new Promise<void>((resolve) => socket.bind(this.port, '0.0.0.0', resolve));
    socket.addMembership(GROUP, LOOPBACK);
    socket.setMulticastInterface(LOOPBACK);
    return (bytes) =>
      new Promise((resolve, reject) => {
        socket.send(bytes, this.port, GROUP, (error) => {
          if (error) reject(error);
          else resolve();
        });
      });
  }

  /** Lets time pass on the clock in steps, and in between packets travel. */
  async pass(ms: number, step = 50): Promise<void> {
    for (let passed = 0; passed < ms; passed += step) {
      this.clock.advance(Math.min(step, ms - passed));
      await this.#settle();
    }
  }

  /** Lets time pass until something holds. @throws Error when it does not within `ms`. */
  async until(holds: () => boolean, ms = 30_000, step = 50): Promise<void> {
    for (let passed = 0; !holds(); passed += step) {
      if (passed >= ms) throw new Error(`waited ${ms} ms for ${holds.toString()}`);
      await this.pass(step, step);
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.#neighbours.map(({ discovery }) => discovery.stop()));
    for (const socket of this.#sockets) socket.close();
  }

  /**
   * Waits until what was sent has arrived, however busy the machine is: packets of our own go the same way behind it.
   * A few, since answers and queued packets follow the first.
   */
  async #settle(): Promise<void> {
    const echo = await (this.#echo ??= this.#openEcho());
    for (let round = 0; round < 4; round += 1) {
      await new Promise<void>((resolve, reject) => {
        echo.once('message', () => resolve());
        echo.send('echo', echo.address().port, LOOPBACK, (error) => {
          if (error) reject(error);
        });
      });
      // Sent from within its own receipt, an echo would be read before other sockets get their turn.
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  async #openEcho(): Promise<Socket> {
    const socket = createSocket('udp4');
    this.#sockets.push(socket);
    await new Promise<void>((resolve) => socket.bind(0, LOOPBACK, resolve));
    return socket;
  }
}
