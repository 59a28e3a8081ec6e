// A whole Loom but for its sockets: real storage in a temporary folder, the real engine and protocol, a network in memory
// and a clock that the test moves.
import { cpSync, rmSync } from 'node:fs';
import type { ConversationId } from '../contract/ids.ts';
import { commands, type ApplicationCommand, type Input, type Params, type Result } from '../contract/commands.ts';
import type { EventMessage } from '../contract/events.ts';
import type { Contact, Conversation, Message } from '../contract/model.ts';
import { choosePrimitives } from '../crypto/choose.ts';
import type { Primitives } from '../crypto/primitives.ts';
import type { Discovery } from '../discovery/discovery.ts';
import { SilentDiscovery } from '../discovery/silent.ts';
import { Profile } from '../engine/profile/profile.ts';
import { removeStaleLock } from '../storage/profile-store.ts';
import { MemoryNetwork } from '../transport/memory.ts';
import type { Transport } from '../transport/transport.ts';
import { FakeClock } from './fake-clock.ts';
import { tempProfile, type TempProfile } from './disk/temp-profile.ts';
import { pass, until } from './passing-time.ts';
import { ProcessClock } from './process-clock.ts';

const PEER_PORT = 4000;

const native = choosePrimitives(undefined);

export interface TestLoomOptions {
  /** Left out: none. */
  readonly discovery?: Discovery;
  readonly peerPort?: number;
  readonly primitives?: Primitives;
  readonly random?: (length: number) => Uint8Array;
  /** Left out: none. */
  readonly passphrase?: string;
}

interface Running {
  readonly profile: Profile;
  readonly clock: ProcessClock;
  alive: boolean;
}

export class TestLoom {
  readonly host: string;
  readonly events: EventMessage[] = [];
  /** What the network it is on is called. */
  network = 'home';
  /** How far its wall clock is off, ms. */
  wrongBy = 0;
  readonly #clock: FakeClock;
  readonly #network: MemoryNetwork;
  readonly #options: TestLoomOptions;
  #place = tempProfile();
  #running: Running | null = null;
  readonly #ended: Promise<void>[] = [];

  constructor(network: MemoryNetwork, clock: FakeClock, host: string, options: TestLoomOptions = {}) {
    this.#network = network;
    this.#clock = clock;
    this.host = host;
    this.#options = options;
  }

  get folder(): string {
    return this.#place.folder;
  }

  /** IP-shaped, because addresses are parsed as such. */
  get address(): string {
    return `${this.host}:${this.#options.peerPort ?? PEER_PORT}`;
  }

  get isRunning(): boolean {
    return this.#running !== null;
  }

  get profile(): Profile {
    if (!this.#running) throw new Error('not started');
    return this.#running.profile;
  }

  async start(): Promise<this> {
    removeStaleLock(this.folder);
    const clock = new ProcessClock(this.#clock, () => this.wrongBy);
    const primitives = this.#options.primitives ?? native;
    const running: Running = {
      alive: true,
      clock,
      profile: new Profile({
        name: 'test',
        folder: this.folder,
        version: '0.0.0',
        primitives,
        random: this.#options.random ?? ((length) => primitives.random(length)),
        clock,
        transport: this.#transport(() => running.alive),
        peerHost: this.host,
        peerPort: this.#options.peerPort ?? PEER_PORT,
        discovery: this.#options.discovery ?? new SilentDiscovery(),
        addresses: () => [{ adapter: this.network, host: this.host }],
        network: () => this.network,
      }),
    };
    running.profile.events.subscribe((event) => {
      if (running.alive) this.events.push(event);
    });
    await running.profile.start();
    this.#running = running;
    return this;
  }

  async stop(): Promise<void> {
    await this.#running?.profile.stop();
    this.#running = null;
  }

  /**
   * Ends as a killed process does, in the middle of whatever it does: what was not durable is lost, nobody is told
   * anything, and what its code still does is done to nobody.
   */
  kill(): void {
    const running = this.#running;
    if (!running) return;
    this.#running = null;
    running.alive = false;
    running.clock.end();
    this.#network.kill(this.host);
    const { remove } = this.#place;
    this.#place = this.#copy();
    const ended = running.profile.stop().catch(() => undefined);
    this.#ended.push(ended.then(remove));
  }

  /** A copy of its files as they are now, for `restore`. */
  snapshot(): TempProfile {
    return this.#copy();
  }

  /** Not running: puts an old copy of its files in the place of those it has. */
  restore({ folder }: TempProfile): void {
    rmSync(this.folder, { recursive: true });
    cpSync(folder, this.folder, { recursive: true });
  }

  async remove(): Promise<void> {
    await this.stop();
    await Promise.all(this.#ended);
    this.#place.remove();
  }

  #copy(): TempProfile {
    const copy = tempProfile();
    cpSync(this.folder, copy.folder, { recursive: true });
    removeStaleLock(copy.folder);
    return copy;
  }

  #transport(alive: () => boolean): Transport {
    const transport = this.#network.host(this.host);
    return {
      ...transport,
      dial: async (host, port, signal) => {
        const connection = await transport.dial(host, port, signal);
        if (alive()) return connection;
        connection.destroy();
        throw new Error('dead');
      },
    };
  }

  run<N extends ApplicationCommand>(command: N, params?: Input<N>): Promise<Result<N>> {
    return this.profile.execute(command, commands[command].params.parse(params ?? {}) as Params<N>);
  }

  async create(name: string): Promise<this> {
    await this.run('identity.create', { name, passphrase: this.#options.passphrase ?? '' });
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

  async send(to: string, ...texts: string[]): Promise<void> {
    const { conversation } = await this.contact(to);
    for (const body of texts) await this.run('message.send', { conversation, body });
  }

  async history(name: string): Promise<readonly Message[]> {
    return this.said((await this.contact(name)).conversation);
  }

  /** All of a conversation, oldest first. */
  async said(conversation: ConversationId): Promise<readonly Message[]> {
    const messages: Message[] = [];
    let before: Pick<Message, 'author' | 'id'> | undefined;
    for (;;) {
      const page = await this.run('message.page', {
        conversation,
        limit: 200,
        ...(before !== undefined && { before }),
      });
      messages.unshift(...page.messages);
      const [oldest] = page.messages;
      if (!page.more || !oldest) return messages;
      before = { author: oldest.author, id: oldest.id };
    }
  }

  /** The direct conversation with a contact. */
  async conversation(name: string): Promise<Conversation> {
    const { conversation: id } = await this.contact(name);
    const found = (await this.run('conversation.list')).find((conversation) => conversation.id === id);
    if (!found) throw new Error(`no conversation with ${name}`);
    return found;
  }

  /** Texts of one direction, in order. */
  async texts(name: string, direction: 'in' | 'out'): Promise<string[]> {
    const messages = await this.history(name);
    return messages.filter((message) => message.direction === direction).map(({ body }) => body);
  }
}

/** Looms on one network under one clock, and what tests do with them. */
export class Town {
  readonly network = new MemoryNetwork();
  readonly clock = new FakeClock();
  readonly looms: TestLoom[] = [];

  /** A Loom with an identity of this name. */
  async make(name: string, options?: TestLoomOptions): Promise<TestLoom> {
    return (await this.empty(options)).create(name);
  }

  /** A Loom without an identity. */
  empty(options?: TestLoomOptions): Promise<TestLoom> {
    const loom = new TestLoom(this.network, this.clock, `192.0.2.${this.looms.length + 1}`, options);
    this.looms.push(loom);
    return loom.start();
  }

  /** Two who have each other as contacts and are linked. */
  async pair(): Promise<{ ann: TestLoom; bob: TestLoom }> {
    const ann = await this.make('Ann');
    const bob = await this.make('Bob');
    await ann.add(bob, 'Bob');
    await bob.add(ann, 'Ann');
    await this.online(ann, 'Bob');
    await this.online(bob, 'Ann');
    return { ann, bob };
  }

  online(loom: TestLoom, name: string): Promise<void> {
    return this.until(async () => (await loom.contact(name)).connection === 'online');
  }

  received(loom: TestLoom, from: string, count: number): Promise<void> {
    return this.until(async () => (await loom.texts(from, 'in')).length >= count);
  }

  delivered(loom: TestLoom, to: string): Promise<void> {
    return this.until(async () =>
      (await loom.history(to)).every(({ direction, state }) => direction === 'in' || state === 'delivered'),
    );
  }

  until(condition: () => boolean | Promise<boolean>): Promise<void> {
    return until(this.clock, condition);
  }

  pass(ms: number): Promise<void> {
    return pass(this.clock, ms);
  }

  async end(): Promise<void> {
    this.network.isCut = false;
    this.network.heal();
    for (const loom of this.looms.splice(0)) await loom.remove();
  }
}
