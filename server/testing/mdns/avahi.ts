// Avahi on a machine of the tests, with a message bus and settings of its own: what most of Linux finds services with.
import { spawn, execFileSync, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Machines } from '../network/namespaces.ts';

const PROGRAMS = ['avahi-daemon', 'avahi-browse', 'avahi-publish', 'dbus-daemon', 'unshare'];
const LOOK_MS = 50;

const BUS = (
  socket: string,
): string => `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>system</type>
  <listen>unix:path=${socket}</listen>
  <policy context="default">
    <allow user="*"/><allow own="*"/><allow send_destination="*"/><allow receive_sender="*"/>
  </policy>
</busconfig>
`;
const DAEMON = (host: string): string => `[server]
host-name=${host}
allow-interfaces=loom0,loom1
[publish]
publish-workstation=no
publish-hinfo=no
`;

/** What `avahi-browse` says of one service that it resolved. */
export interface Resolved {
  readonly family: string;
  readonly name: string;
  readonly host: string;
  readonly address: string;
  readonly port: number;
  readonly text: readonly string[];
}

export class Avahi {
  readonly #machines: Machines;
  readonly #machine: string;
  readonly #folder = mkdtempSync(join(tmpdir(), 'loom-avahi-'));
  readonly #host: string;
  readonly #running: ChildProcess[] = [];
  #daemon: ChildProcess | null = null;

  private constructor(machines: Machines, machine: string, host: string) {
    this.#host = host;
    this.#machines = machines;
    this.#machine = machine;
  }

  /** Null where it is not installed; says so. */
  static async start(machines: Machines, machine: string, host = 'witness'): Promise<Avahi | null> {
    const missing = PROGRAMS.filter((program) => !isInstalled(program));
    if (missing.length > 0) {
      console.warn(`SKIPPED: Avahi was not asked what it makes of Loom. Missing: ${missing.join(', ')}.`);
      return null;
    }
    const avahi = new Avahi(machines, machine, host);
    await avahi.#start();
    return avahi;
  }

  /** What it sees at the moment, and can resolve. */
  browse(): readonly Resolved[] {
    const [program, ...args] = this.#machines.on(this.#machine);
    const command = [...args, 'avahi-browse', '--resolve', '--parsable', '--terminate', '_loom._tcp'];
    const said = execFileSync(program, command, {
      encoding: 'utf8',
      env: this.#environment,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return said.split('\n').flatMap((line) => {
      const [sign, , family, name, , , host, address, port, text] = line.split(';');
      if (sign !== '=' || !family || !name || !host || !address) return [];
      const texts = [...(text ?? '').matchAll(/"([^"]*)"/g)].map(([, each]) => each ?? '');
      return [{ family, name, host, address, port: Number(port), text: texts }];
    });
  }

  async until(fits: (found: readonly Resolved[]) => boolean): Promise<readonly Resolved[]> {
    for (;;) {
      const found = this.browse();
      if (fits(found)) return found;
      await pause();
    }
  }

  /** @returns what ends it, with a goodbye. */
  publish(name: string, port: number, text: readonly string[]): () => void {
    const publisher = this.#spawn('avahi-publish', '--service', name, '_loom._tcp', `${port}`, ...text);
    return () => void publisher.kill();
  }

  /** What the command line of a program begins with that is to find this Avahi where a system has it. */
  get within(): readonly string[] {
    const bus = `DBUS_SYSTEM_BUS_ADDRESS=${this.#environment.DBUS_SYSTEM_BUS_ADDRESS ?? ''}`;
    return ['env', bus, 'AVAHI_COMPAT_NOWARN=1', ...this.#inItsRun('exec "$@"')];
  }

  /** As when it is updated, or crashes. */
  killDaemon(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<unknown> {
    const daemon = this.#daemon;
    const ended = new Promise((resolve) => daemon?.once('exit', resolve));
    daemon?.kill(signal);
    return ended;
  }

  async startDaemon(): Promise<void> {
    const settings = join(this.#folder, 'avahi.conf');
    const daemon = ['-f', settings, '--no-drop-root', '--no-chroot', '--no-rlimits'];
    this.#daemon = this.#spawn(...this.#inItsRun('exec avahi-daemon "$@"'), ...daemon);
    while (!this.#answers()) await pause();
  }

  stop(): void {
    for (const each of this.#running) each.kill();
    rmSync(this.#folder, { recursive: true });
  }

  get #environment(): NodeJS.ProcessEnv {
    return { ...process.env, DBUS_SYSTEM_BUS_ADDRESS: `unix:path=${join(this.#folder, 'bus')}` };
  }

  async #start(): Promise<void> {
    const bus = join(this.#folder, 'bus.conf');
    writeFileSync(bus, BUS(join(this.#folder, 'bus')));
    writeFileSync(join(this.#folder, 'avahi.conf'), DAEMON(this.#host));
    mkdirSync(join(this.#folder, 'run'));
    this.#spawn('dbus-daemon', `--config-file=${bus}`, '--nofork', '--nopidfile');
    while (!existsSync(join(this.#folder, 'bus'))) await pause();
    await this.startDaemon();
  }

  /** A /run of its own, for the file with the daemon's process id and its socket. */
  #inItsRun(then: string): readonly string[] {
    const script = `mount -t tmpfs none /run && mkdir /run/avahi-daemon && mount --bind "$0" /run/avahi-daemon && ${then}`;
    return ['unshare', '--mount', 'sh', '-c', script, join(this.#folder, 'run')];
  }

  #answers(): boolean {
    try {
      this.browse();
      return true;
    } catch {
      return false;
    }
  }

  #spawn(...command: string[]): ChildProcess {
    const [program, ...args] = this.#machines.on(this.#machine);
    const child = spawn(program, [...args, ...command], { stdio: 'ignore', env: this.#environment });
    this.#running.push(child);
    return child;
  }
}

function isInstalled(program: string): boolean {
  try {
    execFileSync('which', [program], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, LOOK_MS));
}
