// A whole Loom but for its sockets: real storage in a temporary folder, the real engine and protocol, a network in memory
// and a clock that the test moves.
import { commandSchemas, type CommandName, type Input, type Params, type Result } from '../contract/commands.ts';
import type { EventMessage } from '../contract/events.ts';
import type { Contact, Message } from '../contract/model.ts';
import { choosePrimitives } from '../crypto/choose.ts';
import { SilentDiscovery } from '../discovery/silent.ts';
import { Profile } from '../engine/profile.ts';
import { removeStaleLock } from '../storage/profile-store.ts';
import type { MemoryNetwork } from '../transport/memory.ts';
import type { FakeClock } from './fake-clock.ts';
import { tempProfile } from './temp-profile.ts';

const PEER_PORT = 4000;

/** How far the clock moves in one round of waiting, and how many rounds are waited. */
const ROUND_MS = 20;
const ROUNDS = 20_000;

const primitives = choosePrimitives(undefined);

export class TestLoom {
  readonly folder: string;
  readonly host: string;
  readonly events: EventMessage[] = [];
  readonly #clock: FakeClock;
  readonly #network: MemoryNetwork;
  readonly #remove: () => void;
  #profile: Profile | null = null;

  constructor(network: MemoryNetwork, clock: FakeClock, host: string) {
    this.#network = network;
    this.#clock = clock;
    this.host = host;
    const { folder, remove } = tempProfile();
    this.folder = folder;
    this.#remove = remove;
  }

  /** IP-shaped, because addresses are parsed as such. */
  get address(): string {
    return `${this.host}:${PEER_PORT}`;
  }

  get profile(): Profile {
    if (!this.#profile) throw new Error('not started');
    return this.#profile;
  }

  async start(): Promise<this> {
    removeStaleLock(this.folder);
    const profile = new Profile({
      name: 'test',
      folder: this.folder,
      version: '0.0.0',
      primitives,
      random: (length) => primitives.random(length),
      clock: this.#clock,
      transport: this.#network.host(this.host),
      peerHost: this.host,
      peerPort: PEER_PORT,
      discovery: new SilentDiscovery(),
      addresses: () => [this.host],
    });
    profile.events.subscribe((event) => this.events.push(event));
    await profile.start();
    this.#profile = profile;
    return this;
  }

  async stop(): Promise<void> {
    await this.#profile?.stop();
    this.#profile = null;
  }

  async remove(): Promise<void> {
    await this.stop();
    this.#remove();
  }

  run<N extends CommandName>(command: N, params?: Input<N>): Promise<Result<N>> {
    return this.profile.execute(command, commandSchemas[command].parse(params ?? {}) as Params<N>);
  }

  async create(name: string): Promise<this> {
    await this.run('identity.create', { name, passphrase: '' });
    return this;
  }

  async add(other: TestLoom, name: string): Promise<Contact> {
    const { token } = await other.run('identity.token');
    return this.run('contact.add', { token, name, address: other.address });
  }

  async contact(name: string): Promise<Contact> {
    const contacts = await this.run('contact.list');
    const found = contacts.find((contact) => contact.name === name);
    if (!found) throw new Error(`no contact ${name}`);
    return found;
  }

  async history(name: string): Promise<readonly Message[]> {
    const { id } = await this.contact(name);
    const messages: Message[] = [];
    let before: string | undefined;
    for (;;) {
      const page = await this.run('message.page', { contact: id, limit: 200, ...(before !== undefined && { before }) });
      messages.unshift(...page.messages);
      before = page.messages[0]?.id;
      if (!page.more) return messages;
    }
  }

  /** Texts of one direction, in order. */
  async texts(name: string, direction: 'in' | 'out'): Promise<string[]> {
    const messages = await this.history(name);
    return messages.filter((message) => message.direction === direction).map(({ body }) => body);
  }
}

/** Lets time pass, in small steps with real turns of the event loop between, until `condition` holds. */
export async function until(clock: FakeClock, condition: () => boolean | Promise<boolean>): Promise<void> {
  for (let round = 0; round < ROUNDS; round += 1) {
    if (await condition()) return;
    await turns();
    clock.advance(ROUND_MS);
  }
  throw new Error('waited in vain');
}

/** Lets `ms` pass with turns of the event loop between. */
export async function pass(clock: FakeClock, ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += ROUND_MS) {
    await turns();
    clock.advance(ROUND_MS);
  }
  await turns();
}

async function turns(): Promise<void> {
  for (let i = 0; i < 4; i += 1) await new Promise((resolve) => setImmediate(resolve));
}
