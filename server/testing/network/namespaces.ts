// Machines, as near as one machine can have them: network namespaces joined by cables. Needs root and `ip netns`; there is
// no default route in any of them, and nothing leaves them.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** Two machines, by name, and the IPv4 address with prefix that each has at its end. */
export type Cable = readonly [one: readonly [name: string, cidr: string], other: readonly [name: string, cidr: string]];

/** How often the kernel is asked whether it is ready, ms. */
const LOOK_MS = 20;

let made = 0;

export function run(command: string, ...args: string[]): string {
  return execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

export class Machines {
  readonly #id = `${process.pid.toString(36)}${(made += 1)}`;
  /** By machine: the addresses of its adapters loom0, loom1, …, in the order of the cables. */
  readonly #addresses = new Map<string, string[]>();

  private constructor(cables: readonly Cable[]) {
    for (const [name, cidr] of cables.flat()) {
      this.#addresses.set(name, [...(this.#addresses.get(name) ?? []), cidr]);
    }
  }

  /** @returns null where it is not permitted, and says that `what` was not tested. */
  static make(what: string, cables: readonly Cable[]): Machines | null {
    const machines = new Machines(cables);
    try {
      if (process.getuid?.() !== 0) throw new Error('not root');
      machines.#lay(cables);
    } catch {
      machines.remove();
      console.warn(`SKIPPED: ${what} was not tested. It needs root and \`ip netns\`.`);
      return null;
    }
    process.once('exit', () => machines.remove());
    return machines;
  }

  namespace(name: string): string {
    return `loom-${name}-${this.#id}`;
  }

  /** What a command line has to begin with to run on this machine. */
  on(name: string): readonly [string, ...string[]] {
    return ['ip', 'netns', 'exec', this.namespace(name)];
  }

  exec(name: string, ...command: string[]): string {
    const [ip, ...args] = this.on(name);
    return run(ip, ...args, ...command);
  }

  ip(name: string, ...args: string[]): string {
    return run('ip', '-n', this.namespace(name), ...args);
  }

  /** As with a cable in or out. */
  plug(name: string, state: 'up' | 'down', adapter = 'loom0'): void {
    this.ip(name, 'link', 'set', adapter, state);
  }

  /** Resolves when all adapters are up and have their IPv6 address. */
  async connected(): Promise<void> {
    for (const [name, addresses] of this.#addresses) {
      for (const [i] of addresses.entries()) {
        const adapter = `loom${i}`;
        while (!/state UP[^]*inet6 fe80/.test(this.ip(name, 'addr', 'show', 'dev', adapter))) {
          await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
        }
      }
    }
  }

  /** UDP packets sent and received by programs, by the kernel's count; ND and MLD are not UDP. */
  udpPackets(name: string): number {
    const v4 = /^Udp: (\d+) \d+ \d+ (\d+)/m.exec(this.exec(name, 'cat', '/proc/net/snmp'));
    const v6 = this.exec(name, 'cat', '/proc/net/snmp6').match(/^Udp6(?:In|Out)Datagrams\s+\d+/gm);
    if (!v4 || v6?.length !== 2) throw new Error('the kernel counts in another way');
    const counts = [...v4.slice(1), ...v6.map((line) => line.split(/\s+/)[1] ?? '')];
    return counts.map(Number).reduce((sum, count) => sum + count, 0);
  }

  remove(): void {
    for (const name of this.#addresses.keys()) {
      if (existsSync(`/run/netns/${this.namespace(name)}`)) run('ip', 'netns', 'del', this.namespace(name));
    }
  }

  #lay(cables: readonly Cable[]): void {
    const laid = new Map<string, number>();
    for (const name of this.#addresses.keys()) {
      run('ip', 'netns', 'add', this.namespace(name));
      this.plug(name, 'up', 'lo');
    }
    for (const ends of cables) {
      const [one, other] = ends.map(([name]) => {
        const number = laid.get(name) ?? 0;
        laid.set(name, number + 1);
        return { name, adapter: `loom${number}` };
      });
      if (!one || !other) continue;
      const veth = ['link', 'add', one.adapter, 'netns', this.namespace(one.name), 'type', 'veth'];
      run('ip', ...veth, 'peer', 'name', other.adapter, 'netns', this.namespace(other.name));
    }
    for (const [name, addresses] of this.#addresses) {
      for (const [i, address] of addresses.entries()) this.#configure(name, `loom${i}`, address);
    }
  }

  #configure(name: string, adapter: string, address: string): void {
    // No wait for duplicate address detection: nobody else can be on this cable.
    this.exec(name, 'sh', '-c', `echo 0 > /proc/sys/net/ipv6/conf/${adapter}/accept_dad`);
    this.ip(name, 'addr', 'add', address, 'dev', adapter);
    this.plug(name, 'up', adapter);
  }
}
