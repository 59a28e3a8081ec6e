// Two people meet by command line alone: real Looms that find each other by multicast DNS, in a network namespace whose
// only adapter is loopback. Needs root and `ip netns`; anywhere else it says that it did not run.
import { expect, test } from '@playwright/test';
import { execFile, execFileSync, spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import type { Contact, Invite, NearbyPeer } from '../../server/contract/model.ts';
import { Daemon, MAIN } from '../support/daemon.ts';

const namespace = `loom-m${process.pid.toString(36)}`;
const here = { command: ['ip', 'netns', 'exec', namespace], options: [] };
const looms: Daemon[] = [];

function ip(...args: string[]): void {
  execFileSync('ip', args, { stdio: ['ignore', 'ignore', 'pipe'] });
}

function isPermitted(): boolean {
  try {
    ip('netns', 'add', namespace);
    ip('-n', namespace, 'link', 'set', 'lo', 'up');
    return true;
  } catch {
    console.warn('SKIPPED: meeting by command line was not tried. It needs root and ip netns.');
    return false;
  }
}

async function loom(name: string): Promise<Daemon> {
  const daemon = new Daemon(name, [], here);
  looms.push(daemon);
  await daemon.start();
  await daemon.ask((control) => control.request('identity.create', { name, passphrase: '' }));
  return daemon;
}

function wordsFor({ profile, dataDir }: Daemon, words: readonly string[]): string[] {
  return [MAIN, ...words, '--profile', profile, '--data-dir', dataDir, '--json'];
}

/** One command to its end. @returns the objects it printed. */
async function run<T>(daemon: Daemon, ...words: string[]): Promise<T[]> {
  const { stdout } = await promisify(execFile)(process.execPath, wordsFor(daemon, words));
  const lines = stdout.split('\n').filter((line) => line !== '');
  return lines.map((line) => JSON.parse(line) as T);
}

interface Line {
  readonly event?: string;
  readonly state?: { readonly kind: string; readonly code?: string };
  readonly verified?: boolean;
}

/** A command that talks: its lines as they come. */
class Talk {
  readonly child: ChildProcessWithoutNullStreams;
  readonly ended: Promise<unknown>;
  readonly #lines: AsyncIterator<string>;

  constructor(daemon: Daemon, ...words: string[]) {
    this.child = spawn(process.execPath, wordsFor(daemon, words));
    this.ended = once(this.child, 'exit');
    this.#lines = createInterface({ input: this.child.stdout })[Symbol.asyncIterator]();
  }

  async next(fits: (line: Line) => boolean): Promise<Line> {
    for (;;) {
      const result = await this.#lines.next();
      if (result.done) throw new Error('the command ended early');
      const line = JSON.parse(result.value) as Line;
      if (fits(line)) return line;
    }
  }
}

/** Asked over the control socket: a process for each look would take longer than what is looked for. */
async function find(daemon: Daemon, name: string): Promise<Contact | undefined> {
  const contacts = await daemon.ask((control) => control.request('contact.list', {}));
  return contacts.find((contact) => contact.name === name);
}

async function meets(daemon: Daemon, name: string, facts: Partial<Contact>): Promise<void> {
  await expect
    .poll(async () => find(daemon, name), {
      timeout: 60_000,
    })
    .toMatchObject(facts);
}

test.describe('two people on one network', () => {
  test.beforeAll(() => {
    test.skip(!isPermitted(), 'needs root and ip netns');
  });

  test.afterAll(async () => {
    for (const each of looms) await each.remove();
    execFile('ip', ['netns', 'del', namespace]);
  });

  test('pair by code, by invite, and by tokens alone', async () => {
    const [ann, bob, carol, dave] = await Promise.all(['Ann', 'Bob', 'Carol', 'Dave'].map(loom));
    if (!ann || !bob || !carol || !dave) throw new Error('four were started');

    // Stopped from the keyboard, nobody stays visible.
    const stopped = new Talk(ann, 'pair');
    await stopped.next(({ event }) => event === 'visible');
    stopped.child.kill('SIGINT');
    await stopped.ended;
    expect(stopped.child.exitCode).toBe(1);
    const status = await ann.ask((control) => control.request('network.status', {}));
    expect(status.visibility.mode).toBe('contacts');

    // By code: Bob sees Ann nearby by name, and types what her screen shows.
    const host = new Talk(ann, 'pair');
    await host.next(({ event }) => event === 'visible');
    const guest = new Talk(bob, 'pair', 'ann');
    const { state } = await host.next((line) => line.state?.kind === 'showing');
    await guest.next((line) => line.state?.kind === 'wanting');
    guest.child.stdin.write(`${state?.code ?? ''}\n`);
    expect(await guest.next(({ verified }) => verified !== undefined)).toMatchObject({ verified: true });
    expect(await host.next(({ verified }) => verified !== undefined)).toMatchObject({ verified: true });
    await Promise.all([host.ended, guest.ended]);
    expect([host.child.exitCode, guest.child.exitCode]).toEqual([0, 0]);
    await meets(ann, 'Bob', { verified: true, connection: 'online' });

    // By invite: Carol alone does something. Loopback has no address that an invite would carry, so she types one.
    const [invite] = await run<Invite>(ann, 'invite', '--expires', '1h');
    const address = `127.0.0.1:${ann.ready.peerPort}`;
    await run(carol, 'add', invite?.token ?? '', '--name', 'Ann', '--address', address);
    await meets(ann, 'Carol', { addedBy: 'invite', connection: 'online' });
    expect(await run<Invite>(ann, 'invites')).toMatchObject([{ state: 'used' }]);

    // By tokens: no address is typed, and nobody is visible; the slots of their adverts bring them together.
    for (const [who, other] of [
      [bob, dave],
      [dave, bob],
    ] as const) {
      const [card] = await run<{ token: string }>(other, 'token');
      await run(who, 'add', card?.token ?? '', '--name', other.profile);
    }
    await meets(bob, 'Dave', { connection: 'online', addedBy: 'token' });
    await meets(dave, 'Bob', { connection: 'online' });
    expect(await run<NearbyPeer>(dave, 'peers')).toMatchObject([{ name: 'Bob' }]);
  });
});
