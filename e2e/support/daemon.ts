// A real Loom in a process of its own, with a temporary profile: started, killed, started again, and asked over its
// control socket.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { connectControl, type ControlClient } from '../../server/http/control/control-client.ts';

export const MAIN = fileURLToPath(new URL('../../dist/server/main.js', import.meta.url));

/** Where a Loom runs. */
export interface Place {
  /** What its command line begins with. */
  readonly command: readonly string[];
  /** Left out: the build. */
  readonly program?: string;
  readonly options: readonly string[];
}

/** Discovery off: the machine's own network is none of a test's business, and both sides know an address. */
const LOOPBACK: Place = { command: [], options: ['--no-discovery', '--peer-host', '127.0.0.1'] };

/** The ready line of `serve --json`. */
export interface Ready {
  readonly event: 'ready';
  readonly profile: string;
  readonly url: string;
  readonly peerPort: number;
  readonly pid: number;
}

export class Daemon {
  readonly profile: string;
  readonly dataDir: string;
  /** Of the person it runs for: never that of who runs the tests. */
  readonly home: string;
  /** All that it has said so far, of every start. */
  readonly printed: string[] = [];
  readonly #options: readonly string[];
  readonly #place: Place;
  #process: ChildProcess | null = null;
  #ready: Ready | null = null;
  #started = false;

  /** @param options further ones of `serve`; a peer port given here survives restarts. @param home left out: an empty one. */
  constructor(profile: string, options: readonly string[] = [], place = LOOPBACK, home?: string) {
    this.profile = profile;
    this.#place = place;
    this.dataDir = mkdtempSync(join(tmpdir(), 'loom-e2e-'));
    this.home = home ?? mkdtempSync(join(tmpdir(), 'loom-home-'));
    this.#options = options;
  }

  get folder(): string {
    return join(this.dataDir, this.profile);
  }

  get ready(): Ready {
    if (!this.#ready) throw new Error(`${this.profile} is not running`);
    return this.#ready;
  }

  /** Where the page is, without a code. */
  get origin(): string {
    return new URL(this.ready.url).origin;
  }

  /** What `start` runs. */
  get commandLine(): readonly string[] {
    const { command, options, program = MAIN } = this.#place;
    const profile = ['--profile', this.profile, '--data-dir', this.dataDir];
    const serve = [process.execPath, program, 'serve', '--json', '--no-open'];
    // Any at first, later the profile's last: never 7467, which the next Loom of another test takes while this one is down.
    const port = this.#started ? [] : ['--port', '0'];
    return [...command, ...serve, ...profile, ...port, ...options, ...this.#options];
  }

  async start(): Promise<Ready> {
    const [program = '', ...args] = this.commandLine;
    const env = { ...process.env, HOME: this.home };
    const child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    this.#process = child;
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (bytes: Buffer) => this.printed.push(bytes.toString()));
    child.stderr.pipe(process.stderr);
    this.#ready = JSON.parse(await firstLine(child)) as Ready;
    this.#started = true;
    return this.#ready;
  }

  /** SIGTERM, and waits for the end. @returns the exit code. */
  stop(): Promise<number | null> {
    return this.#end('SIGTERM');
  }

  /** SIGKILL: nothing is tidied up. */
  kill(): Promise<number | null> {
    return this.#end('SIGKILL');
  }

  async remove(): Promise<void> {
    await this.stop();
    for (const folder of [this.dataDir, this.home]) rmSync(folder, { recursive: true, force: true });
  }

  control(): Promise<ControlClient> {
    return connectControl(this.folder);
  }

  /** One command over the control socket. */
  async ask<T>(work: (control: ControlClient) => Promise<T>): Promise<T> {
    const control = await this.control();
    try {
      return await work(control);
    } finally {
      control.close();
    }
  }

  /** An address with a fresh code. */
  async url(): Promise<string> {
    const { url } = await this.ask((control) => control.request('session.url', {}));
    return url;
  }

  async #end(signal: NodeJS.Signals): Promise<number | null> {
    const child = this.#process;
    this.#process = null;
    this.#ready = null;
    if (child?.exitCode !== null || child.signalCode !== null) return child?.exitCode ?? null;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
    return child.exitCode;
  }
}

function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    child.stdout?.on('data', (piece: Buffer) => {
      text += piece.toString();
      const end = text.indexOf('\n');
      if (end >= 0) resolve(text.slice(0, end));
    });
    child.once('exit', (code) => reject(new Error(`ended with ${code} before it was ready`)));
  });
}
