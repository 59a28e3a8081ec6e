// Two machines, as near as one machine can have them: two network namespaces joined by a cable, an instance in each, on
// the real port with the real clock. Needs root and `ip netns`; anywhere else it says that it did not run.
import { execFileSync, spawn } from 'node:child_process';
import type { ChildProcessByStdio } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Sighting } from './discovery.ts';

const id = process.pid.toString(36);
const [left, right] = [`loom-l${id}`, `loom-r${id}`];
const keys = { ann: 'a1'.repeat(32), bob: 'b0'.repeat(32), carl: 'ca'.repeat(32) };
type Name = keyof typeof keys;

function run(command: string, ...args: string[]): string {
  return execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

function makeNamespaces(): boolean {
  if (process.getuid?.() !== 0) return false;
  try {
    run('ip', 'netns', 'add', left);
    run('ip', 'netns', 'add', right);
    run('ip', 'link', 'add', 'loom0', 'netns', left, 'type', 'veth', 'peer', 'name', 'loom0', 'netns', right);
    return true;
  } catch {
    removeNamespaces();
    return false;
  }
}

function removeNamespaces(): void {
  for (const name of [left, right]) if (existsSync(`/run/netns/${name}`)) run('ip', 'netns', 'del', name);
}

const available = makeNamespaces();
process.once('exit', removeNamespaces);
if (!available) {
  console.warn('SKIPPED: discovery between network namespaces was not tested. It needs root and `ip netns`.');
}

interface Event {
  readonly event: string;
  /** ms since 1970. */
  readonly at: number;
  readonly data: unknown;
}

/** A process in a namespace. Stopping is closing its input. */
class Instance {
  readonly events: Event[] = [];
  readonly #process: ChildProcessByStdio<Writable, Readable, null>;
  readonly #waiting: (() => void)[] = [];

  constructor(namespace: string, program: string, settings: object) {
    const args = ['netns', 'exec', namespace, process.execPath, program, JSON.stringify(settings)];
    this.#process = spawn('ip', args, { stdio: ['pipe', 'pipe', 'inherit'] });
    createInterface(this.#process.stdout).on('line', (line) => {
      this.events.push(JSON.parse(line) as Event);
      for (const wake of this.#waiting.splice(0)) wake();
    });
  }

  first(name: string): Promise<Event> {
    return this.#find(({ event }) => event === name);
  }

  /** The first sighting of this contact, of those after event number `after`, at such addresses. */
  async seeing(contact: Name, after = 0, fits: (hosts: readonly string[]) => boolean = () => true): Promise<Event> {
    return this.#find(({ event, data }, at) => {
      const sighting = data as Sighting;
      return at >= after && event === 'sighting' && sighting.contact === contact && fits(sighting.hosts);
    });
  }

  /** As a computer that sleeps and wakes. */
  signal(name: 'SIGSTOP' | 'SIGCONT'): void {
    this.#process.kill(name);
  }

  async #find(fits: (event: Event, at: number) => boolean): Promise<Event> {
    for (;;) {
      const event = this.events.find(fits);
      if (event) return event;
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  ask(name: string): void {
    this.#process.stdin.write(`${name}\n`);
  }

  stop(): Promise<unknown> {
    const ended = new Promise((resolve) => this.#process.once('exit', resolve));
    this.#process.stdin.end();
    return this.#process.exitCode === null ? ended : Promise.resolve();
  }

  kill(): void {
    this.#process.kill('SIGKILL');
  }
}

/** UDP packets sent and received by programs in a namespace, by the kernel's count; ND and MLD are not UDP. */
function udpPackets(namespace: string): number {
  const snmp = run('ip', 'netns', 'exec', namespace, 'cat', '/proc/net/snmp');
  const v4 = /^Udp: (\d+) \d+ \d+ (\d+)/m.exec(snmp);
  const v6 = run('ip', 'netns', 'exec', namespace, 'cat', '/proc/net/snmp6').match(/^Udp6(?:In|Out)Datagrams\s+\d+/gm);
  expect(v4 && v6?.length === 2).toBe(true);
  const counts = [...(v4?.slice(1) ?? []), ...(v6 ?? []).map((line) => line.split(/\s+/)[1] ?? '')];
  return counts.map(Number).reduce((sum, count) => sum + count, 0);
}

/** The kernel takes a moment to see the cable and to make an IPv6 address. */
async function connected(namespace: string): Promise<void> {
  while (!/state UP[^]*inet6 fe80/.test(run('ip', '-n', namespace, 'addr', 'show', 'dev', 'loom0'))) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

describe.runIf(available)('two machines', () => {
  let folder = '';
  let program = '';
  const instances: Instance[] = [];

  function start(namespace: string, who: Name, options = { silent: false, port: 4712 }): Instance {
    const others = Object.entries(keys).filter(([name]) => name !== who);
    const instance = new Instance(namespace, program, {
      ...options,
      key: keys[who],
      contacts: Object.fromEntries(others),
    });
    instances.push(instance);
    return instance;
  }

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'loom-namespaces-'));
    await build({
      configFile: false,
      logLevel: 'error',
      root: fileURLToPath(new URL('../..', import.meta.url)),
      ssr: { noExternal: true },
      build: {
        ssr: fileURLToPath(new URL('../testing/discovery-process.ts', import.meta.url)),
        outDir: folder,
        target: 'node20',
        rolldownOptions: { output: { entryFileNames: 'instance.mjs' } },
      },
    });
    program = join(folder, 'instance.mjs');
    for (const [name, address] of [
      [left, '10.77.0.1/24'],
      [right, '10.77.0.2/24'],
    ] as const) {
      // No wait for duplicate address detection: nobody else can be on this cable.
      run('ip', 'netns', 'exec', name, 'sh', '-c', 'echo 0 > /proc/sys/net/ipv6/conf/loom0/accept_dad');
      run('ip', '-n', name, 'addr', 'add', address, 'dev', 'loom0');
      run('ip', '-n', name, 'link', 'set', 'lo', 'up');
      run('ip', '-n', name, 'link', 'set', 'loom0', 'up');
    }
    await Promise.all([left, right].map(connected));
  });

  afterEach(() => {
    for (const instance of instances.splice(0)) instance.kill();
    run('ip', '-n', left, 'link', 'set', 'loom0', 'up');
  });

  afterAll(() => {
    removeNamespaces();
    if (folder !== '') rmSync(folder, { recursive: true });
  });

  it('see each other and take leave', async () => {
    const ann = start(left, 'ann', { silent: false, port: 4712 });
    await ann.first('status');
    const bob = start(right, 'bob', { silent: false, port: 4713 });
    const [annSawBob, bobSawAnn] = await Promise.all([ann.first('sighting'), bob.first('sighting')]);
    const bobStarted = await bob.first('starting');
    const seen = annSawBob.data as Sighting;
    expect(seen).toMatchObject({ contact: 'bob', port: 4713 });
    expect(seen.hosts[0]).toBe('10.77.0.2');
    expect(seen.hosts[1]).toMatch(/^fe80::[0-9a-f:]+%loom0$/);
    expect(bobSawAnn.data).toMatchObject({ contact: 'ann', port: 4712 });
    await bob.stop();
    const [lost, stopping] = await Promise.all([ann.first('lost'), bob.first('stopping')]);
    expect(lost.data).toBe('bob');
    console.info(
      `seen after ${annSawBob.at - bobStarted.at} ms, saw after ${bobSawAnn.at - bobStarted.at} ms, ` +
        `goodbye after ${lost.at - stopping.at} ms`,
    );
    // An announcement by the other family may be read after the goodbye; its own goodbye is right behind it.
    expect(ann.events.slice(0, 4).map(({ event }) => event)).toEqual(['starting', 'status', 'sighting', 'lost']);
    await ann.stop();
  });

  it('meet on one machine, even with no adapter but loopback', async () => {
    run('ip', '-n', left, 'link', 'set', 'loom0', 'down');
    const ann = start(left, 'ann', { silent: false, port: 4712 });
    const bob = start(left, 'bob', { silent: false, port: 4713 });
    const [annSawBob, bobSawAnn] = await Promise.all([ann.first('sighting'), bob.first('sighting')]);
    expect((annSawBob.data as Sighting).hosts[0]).toBe('127.0.0.1');
    expect((bobSawAnn.data as Sighting).hosts[0]).toBe('127.0.0.1');
    await Promise.all([ann.stop(), bob.stop()]);
  });

  it('find each other when the network comes later', async () => {
    run('ip', '-n', left, 'link', 'set', 'loom0', 'down');
    const ann = start(left, 'ann', { silent: false, port: 4712 });
    const bob = start(right, 'bob', { silent: false, port: 4713 });
    await Promise.all([ann.first('status'), bob.first('status')]);
    expect(ann.events.map(({ event }) => event)).not.toContain('sighting');
    run('ip', '-n', left, 'link', 'set', 'loom0', 'up');
    const [annSawBob, bobSawAnn] = await Promise.all([ann.first('sighting'), bob.first('sighting')]);
    expect(annSawBob.data).toMatchObject({ contact: 'bob' });
    expect(bobSawAnn.data).toMatchObject({ contact: 'ann' });
    await Promise.all([ann.stop(), bob.stop()]);
  });

  it('hear not one packet of silent discovery', async () => {
    const before = udpPackets(left);
    const silent = start(left, 'ann', { silent: true, port: 4712 });
    const status = await silent.first('status');
    expect(status.data).toEqual({ status: 'off', reason: '' });
    silent.ask('laptop.local');
    expect((await silent.first('resolved')).data).toMatchObject({ hosts: [] });
    await silent.stop();
    expect(udpPackets(left)).toBe(before);
    // The count would have shown it: here it goes up, or the test never ends.
    const loud = start(left, 'ann', { silent: false, port: 4712 });
    await loud.first('status');
    loud.ask('laptop.local');
    while (udpPackets(left) === before) await new Promise((resolve) => setTimeout(resolve, 20));
    await loud.stop();
  });

  it('two on one machine and a third on another all see each other', async () => {
    const [ann, bob, carl] = [start(left, 'ann'), start(left, 'bob'), start(right, 'carl')];
    await Promise.all([
      ...[ann.seeing('bob'), ann.seeing('carl')],
      ...[bob.seeing('ann'), bob.seeing('carl')],
      ...[carl.seeing('ann'), carl.seeing('bob')],
    ]);
    expect(ann.events.filter(({ data }) => (data as Sighting | null)?.contact === 'ann')).toEqual([]);
  });

  it('see where one has moved to, and that one again whose cable was out', async () => {
    const [ann, bob] = [start(left, 'ann'), start(right, 'bob')];
    await Promise.all([ann.seeing('bob'), bob.seeing('ann')]);
    const moved = Date.now();
    run('ip', '-n', right, 'addr', 'del', '10.77.0.2/24', 'dev', 'loom0');
    run('ip', '-n', right, 'addr', 'add', '10.77.0.9/24', 'dev', 'loom0');
    const found = await ann.seeing('bob', 0, ([host]) => host === '10.77.0.9');
    run('ip', '-n', left, 'link', 'set', 'loom0', 'down');
    await ann.first('lost');
    const plugged = Date.now();
    const before = ann.events.length;
    run('ip', '-n', left, 'link', 'set', 'loom0', 'up');
    const back = await ann.seeing('bob', before);
    console.info(`moved: seen after ${found.at - moved} ms; cable back: after ${back.at - plugged} ms`);
    run('ip', '-n', right, 'addr', 'del', '10.77.0.9/24', 'dev', 'loom0');
    run('ip', '-n', right, 'addr', 'add', '10.77.0.2/24', 'dev', 'loom0');
  });

  it('see each other by link-local IPv6 alone', async () => {
    const [ofLeft, ofRight] = ['10.77.0.1/24', '10.77.0.2/24'];
    run('ip', '-n', left, 'addr', 'del', ofLeft, 'dev', 'loom0');
    run('ip', '-n', right, 'addr', 'del', ofRight, 'dev', 'loom0');
    await Promise.all([left, right].map(connected));
    const [ann, bob] = [start(left, 'ann'), start(right, 'bob')];
    const [seen] = await Promise.all([ann.seeing('bob'), bob.seeing('ann')]);
    expect((seen.data as Sighting).hosts.every((host) => /^fe80::[0-9a-f:]+%loom0$/.test(host))).toBe(true);
    run('ip', '-n', left, 'addr', 'add', ofLeft, 'dev', 'loom0');
    run('ip', '-n', right, 'addr', 'add', ofRight, 'dev', 'loom0');
  });

  it('see one who wakes', async () => {
    const bob = start(right, 'bob');
    await bob.first('status');
    bob.signal('SIGSTOP');
    const ann = start(left, 'ann');
    await ann.first('status');
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(ann.events.map(({ event }) => event)).not.toContain('sighting');
    bob.signal('SIGCONT');
    await Promise.all([ann.seeing('bob'), bob.seeing('ann')]);
  });

  it('see each other each time one starts, and say how soon', async () => {
    const ann = start(left, 'ann');
    await ann.first('status');
    const times: number[] = [];
    for (let round = 0; round < 7; round += 1) {
      const before = ann.events.length;
      const bob = start(right, 'bob');
      const [seen, begun] = await Promise.all([ann.seeing('bob', before), bob.first('starting')]);
      times.push(seen.at - begun.at);
      await bob.stop();
    }
    times.sort((a, b) => a - b);
    console.info(`seen after ${times[3] ?? 0} ms (median of ${times.join(', ')})`);
    expect(times).toHaveLength(7);
  });
});
