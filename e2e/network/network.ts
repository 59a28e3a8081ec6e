// Machines of their own, as near as one machine can have them: a network namespace each, joined by a path that a test
// can make worse. Needs root, `ip netns` and VXLAN.
//
//   host 1 ── VXLAN ──┐                     ┌── relay.ts, in the router's namespace
//   host 2 ── VXLAN ──┴─ wires (namespace) ─┘
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createInterface, type Interface } from 'node:readline';
import { builtProgram, type BuiltProgram } from '../../server/testing/built-program.ts';
import { FINE, type Conditions } from './conditions.ts';
import type { RelayCommand } from './relay.ts';

let made = 0;

function run(command: string, ...args: string[]): string {
  return execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

export class Network {
  readonly #id = `${process.pid.toString(36)}${(made += 1)}`;
  readonly #hosts: number;
  #program: BuiltProgram | null = null;
  #relay: ChildProcess | null = null;
  #answers: Interface | null = null;
  #asked: Promise<unknown> = Promise.resolve();

  private constructor(hosts: number) {
    this.#hosts = hosts;
  }

  /** @returns null where this machine does not permit it; says so. */
  static async make(hosts: number, seed: number): Promise<Network | null> {
    const network = new Network(hosts);
    try {
      network.#lay();
    } catch (error) {
      network.#removeNamespaces();
      const reason = error instanceof Error ? error.message.trim() : String(error);
      console.warn(`SKIPPED: nothing was tried over a bad network. It needs root, ip netns and VXLAN. ${reason}`);
      return null;
    }
    await network.#startRelay(seed);
    return network;
  }

  namespace(host: number): string {
    return `loom-${host}-${this.#id}`;
  }

  /** What a command line has to begin with to run on this host. */
  on(host: number): readonly string[] {
    return ['ip', 'netns', 'exec', this.namespace(host)];
  }

  address(host: number): string {
    return `10.77.0.${host}`;
  }

  /** From now on; what is not named becomes fine again. */
  set(conditions: Partial<Conditions>): Promise<void> {
    return this.#ask({ kind: 'conditions', conditions: { ...FINE, ...conditions } });
  }

  forget(): Promise<void> {
    return this.#ask({ kind: 'forget' });
  }

  /** As when a machine moves to another network. @param place any small number: the host's addresses differ by it. */
  readdress(host: number, place: number): void {
    const name = this.namespace(host);
    run('ip', '-4', '-n', name, 'addr', 'flush', 'dev', 'lan0');
    run('ip', '-n', name, 'addr', 'add', `10.77.0.${100 * host + place}/24`, 'dev', 'lan0');
  }

  async remove(): Promise<void> {
    const relay = this.#relay;
    if (relay?.exitCode === null) {
      relay.stdin?.end();
      await once(relay, 'exit');
    }
    this.#removeNamespaces();
    this.#program?.remove();
  }

  get #router(): string {
    return `loom-r-${this.#id}`;
  }

  get #wires(): string {
    return `loom-w-${this.#id}`;
  }

  #lay(): void {
    if (process.getuid?.() !== 0) throw new Error('not root');
    const [router, wires] = [this.#router, this.#wires];
    for (const name of [router, wires]) run('ip', 'netns', 'add', name);
    run('ip', 'link', 'add', 'up0', 'netns', wires, 'type', 'veth', 'peer', 'name', 'down0', 'netns', router);
    run('ip', '-n', router, 'addr', 'add', '10.98.0.254/24', 'dev', 'down0');
    run('ip', '-n', router, 'link', 'set', 'down0', 'up');
    run('ip', '-n', wires, 'link', 'set', 'up0', 'up');
    for (let host = 1; host <= this.#hosts; host += 1) this.#layHost(host);
  }

  /** The tunnel is made where the wires are and then moved: its packets stay there, the host sees the adapter alone. */
  #layHost(host: number): void {
    const wires = this.#wires;
    const name = this.namespace(host);
    run('ip', 'netns', 'add', name);
    run('ip', '-n', wires, 'addr', 'add', `10.98.0.${host}/24`, 'dev', 'up0');
    const tunnel = `id ${host} local 10.98.0.${host} remote 10.98.0.254 dstport 4789`.split(' ');
    run('ip', '-n', wires, 'link', 'add', `lan${host}`, 'mtu', '1400', 'type', 'vxlan', ...tunnel);
    run('ip', '-n', wires, 'link', 'set', `lan${host}`, 'netns', name, 'name', 'lan0');
    // No wait for duplicate address detection: the addresses are ours to give.
    run('ip', 'netns', 'exec', name, 'sh', '-c', 'echo 0 > /proc/sys/net/ipv6/conf/lan0/accept_dad');
    run('ip', '-n', name, 'addr', 'add', `${this.address(host)}/24`, 'dev', 'lan0');
    run('ip', '-n', name, 'link', 'set', 'lo', 'up');
    run('ip', '-n', name, 'link', 'set', 'lan0', 'up');
  }

  async #startRelay(seed: number): Promise<void> {
    this.#program = await builtProgram(new URL('relay.ts', import.meta.url));
    const args = ['netns', 'exec', this.#router, process.execPath, this.#program.path, `${seed}`, `${this.#hosts}`];
    this.#relay = spawn('ip', args, { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#answers = createInterface(this.#relay.stdout!);
    await once(this.#answers, 'line');
  }

  #ask(command: RelayCommand): Promise<void> {
    const answered = this.#asked.then(async () => {
      const answer = once(this.#answers!, 'line');
      this.#relay?.stdin?.write(`${JSON.stringify(command)}\n`);
      await answer;
    });
    this.#asked = answered;
    return answered;
  }

  #removeNamespaces(): void {
    const hosts = Array.from({ length: this.#hosts }, (_, i) => this.namespace(i + 1));
    for (const name of [...hosts, this.#wires, this.#router]) {
      if (existsSync(`/run/netns/${name}`)) run('ip', 'netns', 'del', name);
    }
  }
}
