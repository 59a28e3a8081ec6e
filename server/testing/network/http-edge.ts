// A whole local door for tests: the real HTTP layer on a real port, over an application that does little but is real.
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebSocket } from 'ws';
import type { ClientOptions } from 'ws';
import type { ApplicationCommand, Params, Result } from '../../contract/commands.ts';
import { CommandError } from '../../contract/errors.ts';
import { anyId } from '../ids.ts';
import type { Application } from '../../engine/application.ts';
import { systemClock } from '../../timing/clock.ts';
import type { Clock } from '../../timing/clock.ts';
import { EventLog } from '../../engine/event-log.ts';
import { Access } from '../../http/access.ts';
import type { PageProof, SessionSecret } from '../../http/access.ts';
import { Dispatcher } from '../../http/dispatch.ts';
import { startHttp } from '../../http/listen.ts';
import type { HttpServer } from '../../http/listen.ts';
import { clientProof } from '../../http/proof.ts';

/** Emits the texts it is told to, as events; everything else is done, locked or a bug, by command. */
export class SmallApplication implements Application {
  readonly events = new EventLog(randomBytes(8).toString('hex'));
  readonly files = null;
  readonly executed: { command: ApplicationCommand; params: unknown }[] = [];

  async execute<N extends ApplicationCommand>(command: N, params: Params<N>): Promise<Result<N>> {
    this.executed.push({ command, params });
    await Promise.resolve();
    if (command === 'vault.lock') throw new CommandError('locked', 'Locked already.');
    if (command === 'network.status') throw new Error('a bug with a secret in its text');
    return { done: true } as Result<N>;
  }

  say(text: string): void {
    this.events.emit('request.removed', { request: anyId(text) });
  }
}

export interface OpenDoor<A extends Application = SmallApplication> {
  readonly port: number;
  /** `127.0.0.1:PORT` and the origin over it. */
  readonly host: string;
  readonly origin: string;
  readonly access: Access;
  readonly application: A;
  readonly dispatcher: Dispatcher;
  readonly bugs: unknown[];
  readonly stops: () => number;
  readonly http: HttpServer;
  close(): Promise<void>;
}

type Parts<A extends Application> = Omit<OpenDoor<A>, 'port' | 'host' | 'origin' | 'http' | 'close'>;

export function smallDispatcher(clock: Clock): Parts<SmallApplication> {
  return dispatcherOf(clock, new SmallApplication());
}

export function dispatcherOf<A extends Application>(clock: Clock, application: A): Parts<A> {
  const access = new Access(clock);
  const bugs: unknown[] = [];
  let stops = 0;
  const dispatcher = new Dispatcher({
    application,
    access,
    url: (lifetime, code) => Promise.resolve(`http://127.0.0.1:1/${lifetime}#code=${code}`),
    stop: () => (stops += 1),
    onBug: (error) => bugs.push(error),
  });
  return { application, access, dispatcher, bugs, stops: () => stops };
}

export function openDoor(clock: Clock = systemClock): Promise<OpenDoor> {
  return openDoorOf(new SmallApplication(), clock);
}

export async function openDoorOf<A extends Application>(
  application: A,
  clock: Clock = systemClock,
): Promise<OpenDoor<A>> {
  const parts = dispatcherOf(clock, application);
  const staticFolder = smallApp();
  const http = await startHttp({
    access: parts.access,
    dispatcher: parts.dispatcher,
    application,
    clock,
    staticFolder,
    onBug: (error) => parts.bugs.push(error),
    port: 0,
  });
  const host = `127.0.0.1:${http.port}`;
  return {
    ...parts,
    http,
    port: http.port,
    host,
    origin: `http://${host}`,
    async close() {
      await http.stop();
      rmSync(staticFolder, { recursive: true });
    },
  };
}

/** A folder like that of the built web app. */
export function smallApp(): string {
  const folder = mkdtempSync(join(tmpdir(), 'loom-door-'));
  mkdirSync(join(folder, 'assets'));
  writeFileSync(join(folder, 'index.html'), '<!doctype html><title>Loom</title>\n');
  writeFileSync(join(folder, 'assets', 'app-1a2b3c4d.js'), 'export {};\n');
  return folder;
}

export interface RawResponse {
  /** 0: the connection was closed without a response. */
  readonly status: number;
  /** By lower-case name; a doubled one shows as `a, b`. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Sends these bytes as they are, and reads until the other side closes (or the response to an upgrade is there). */
export function sendRaw(port: number, bytes: string | Buffer, address = '127.0.0.1'): Promise<RawResponse> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, address);
    let text = '';
    socket.on('connect', () => socket.write(bytes));
    socket.on('data', (piece) => {
      text += piece.toString('latin1');
      if (text.startsWith('HTTP/1.1 101 ') && text.includes('\r\n\r\n')) socket.destroy();
    });
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'ECONNRESET' && error.code !== 'EPIPE') reject(error);
    });
    socket.on('close', () => resolve(parseResponse(text)));
  });
}

/** One request written line by line; `Connection: close` is added. */
export function request(
  port: number,
  method: string,
  target: string,
  headers: readonly string[],
  body = '',
): Promise<RawResponse> {
  const length = body === '' ? [] : [`Content-Length: ${Buffer.byteLength(body)}`];
  const lines = [`${method} ${target} HTTP/1.1`, ...headers, ...length, 'Connection: close', '', body];
  return sendRaw(port, lines.join('\r\n'));
}

/** The headers of a WebSocket upgrade, without Host and Origin. */
export const upgradeHeaders = [
  'Upgrade: websocket',
  'Connection: Upgrade',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
];

export function upgrade(port: number, target: string, headers: readonly string[]): Promise<RawResponse> {
  return sendRaw(port, [`GET ${target} HTTP/1.1`, ...headers, ...upgradeHeaders, '', ''].join('\r\n'));
}

function parseResponse(text: string): RawResponse {
  const end = text.indexOf('\r\n\r\n');
  const [first = '', ...lines] = (end === -1 ? text : text.slice(0, end)).split('\r\n');
  const headers: Record<string, string> = {};
  for (const line of lines) {
    const colon = line.indexOf(':');
    const name = line.slice(0, colon).toLowerCase();
    const value = line.slice(colon + 1).trim();
    headers[name] = headers[name] === undefined ? value : `${headers[name]}, ${value}`;
  }
  return { status: Number(first.split(' ')[1] ?? 0), headers, body: end === -1 ? '' : text.slice(end + 4) };
}

/** A tab's WebSocket, as a test drives it. */
export class TestPage {
  readonly socket: WebSocket;
  /** The code with which it ended; 1006: cut without a word. */
  readonly closed: Promise<number>;
  readonly #received: unknown[] = [];
  #wake: () => void = () => undefined;
  #lastId = 1000;

  constructor(port: number, origin: string, options: ClientOptions = {}) {
    this.socket = new WebSocket(`ws://127.0.0.1:${port}/ws`, {
      origin,
      headers: { host: new URL(origin).host },
      ...options,
    });
    this.socket.on('message', (data: Buffer) => {
      this.#received.push(JSON.parse(data.toString('utf8')));
      this.#wake();
    });
    this.socket.on('error', () => undefined);
    this.closed = new Promise((resolve) => {
      this.socket.on('close', (code) => {
        resolve(code);
        this.#wake();
      });
    });
  }

  /** The next message. @throws Error when the socket closed before. */
  async next(): Promise<Record<string, unknown>> {
    for (;;) {
      const message = this.#received.shift();
      if (message !== undefined) return message as Record<string, unknown>;
      if (this.socket.readyState === WebSocket.CLOSED) throw new Error('the socket is closed');
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  send(value: unknown): void {
    this.socket.send(JSON.stringify(value));
  }

  /** One command of a page that is in. @returns the reply; events that come before it are passed over. */
  async ask(command: string, params: unknown = {}): Promise<Record<string, unknown>> {
    this.#lastId += 1;
    const id = this.#lastId;
    this.send({ id, command, params });
    for (;;) {
      const message = await this.next();
      if (message.id === id) return message;
    }
  }

  /** The page's half of the mutual proof. @returns the nonces, and what was sent. */
  async prove({ sid, key }: SessionSecret, origin: string): Promise<{ ns: Buffer; nc: Buffer; sent: PageProof }> {
    const ns = Buffer.from(String((await this.next()).ns), 'hex');
    const nc = randomBytes(32);
    const mac = clientProof(Buffer.from(key, 'hex'), ns, nc, origin).toString('hex');
    const sent = { sid, nc: nc.toString('hex'), mac };
    this.send(sent);
    return { ns, nc, sent };
  }
}

/** A session by way of a fresh code. */
export function enter({ access }: Pick<OpenDoor, 'access'>): SessionSecret {
  const session = access.redeem(access.mintCode('opened'));
  if (!session) throw new Error('the door takes no code');
  return session;
}

type Place = Pick<OpenDoor, 'access' | 'port' | 'origin'>;

/** A page that is in: session, proof and the server's answer to it. */
export async function openPage(door: Place, options: ClientOptions = {}, session = enter(door)): Promise<TestPage> {
  const page = new TestPage(door.port, door.origin, options);
  await page.prove(session, door.origin);
  await page.next();
  return page;
}
