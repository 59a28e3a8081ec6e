import { randomBytes } from 'node:crypto';
import {
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ts from 'typescript';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CommandError } from '../../contract/errors.ts';
import type { EventMessage } from '../../contract/events.ts';
import { anyId } from '../../testing/ids.ts';
import { systemClock } from '../../timing/clock.ts';
import { smallDispatcher } from '../../testing/network/http-edge.ts';
import { connectControl, HungUpError, NotRunningError } from './control-client.ts';
import { isLive, listenControl } from './control.ts';
import type { ControlServer } from './control.ts';
import { CONTROL_CONNECTIONS, CONTROL_LINE_BYTES } from '../limits.ts';

let root: string;
let folder: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'loom-control-'));
  folder = join(root, 'profile');
  mkdirSync(folder, { mode: 0o700 });
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

async function claim(where = folder): Promise<ControlServer> {
  const server = await listenControl(where, smallDispatcher(systemClock).dispatcher);
  if (!server) throw new Error('the profile is live already');
  return server;
}

function rawControl(): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(join(folder, 'control.sock'), () => resolve(socket));
    socket.on('error', reject);
  });
}

/** A process that only claims a folder and says how that went, from the same source. */
function startClaimer(where: string): Promise<{ process: ChildProcess; won: boolean }> {
  const script = join(root, 'socket-file.mjs');
  if (!existsSync(script)) {
    const source = readFileSync(new URL('socket-file.ts', import.meta.url), 'utf8');
    const options = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2023 };
    const claiming = [
      `import { createServer } from 'node:net';`,
      `const held = await listenUnder(createServer(), process.argv[2], 'control.sock');`,
      `process.send(held !== null, () => held ?? process.exit());`,
    ];
    writeFileSync(script, ts.transpileModule(source, { compilerOptions: options }).outputText + claiming.join('\n'));
  }
  const child = fork(script, [where], { execArgv: [], stdio: 'inherit' });
  return new Promise((resolve, reject) => {
    child.once('message', (won) => resolve({ process: child, won: won === true }));
    child.once('exit', () => reject(new Error('the claimer ended without a word')));
  });
}

async function kill(child: ChildProcess): Promise<void> {
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

describe.skipIf(process.platform === 'win32')('W16 the control socket', () => {
  it('is this user’s alone, whatever the umask', async () => {
    const before = process.umask(0);
    try {
      const server = await claim();
      const stat = statSync(join(folder, 'control.sock'));
      expect(stat.isSocket()).toBe(true);
      expect(stat.mode & 0o777).toBe(0o600);
      expect(process.umask(0)).toBe(0);
      await server.stop();
    } finally {
      process.umask(before);
    }
  });

  it('shows that a profile is live, and goes with it', async () => {
    expect(await isLive(folder)).toBe(false);
    expect(await isLive(join(folder, 'no-such-folder'))).toBe(false);
    const server = await claim();
    expect(await isLive(folder)).toBe(true);
    expect(readdirSync(folder)).toEqual(['control.sock']);
    await server.stop();
    expect(await isLive(folder)).toBe(false);
    expect(readdirSync(folder)).toEqual([]);
    await expect(connectControl(folder)).rejects.toBeInstanceOf(NotRunningError);
  });

  it('refuses a second start while the first lives', async () => {
    const first = await claim();
    expect(await listenControl(folder, smallDispatcher(systemClock).dispatcher)).toBeNull();
    expect(readdirSync(folder)).toEqual(['control.sock']);
    expect(await isLive(folder)).toBe(true);
    await first.stop();
    await (await claim()).stop();
  });

  it('takes over from a killed process', async () => {
    const { process: child, won } = await startClaimer(folder);
    expect(won).toBe(true);
    expect(await isLive(folder)).toBe(true);
    await kill(child);
    expect(existsSync(join(folder, 'control.sock'))).toBe(true);
    expect(await isLive(folder)).toBe(false);
    const server = await claim();
    expect(readdirSync(folder)).toEqual(['control.sock']);
    await server.stop();
  });

  it('lets one of many simultaneous starters win over a dead socket, time after time', async () => {
    for (let round = 0; round < 30; round++) {
      // What a kill leaves: a socket file with nobody behind it.
      await leaveDeadSocket(join(folder, 'control.sock'));
      if (round % 3 === 1) await leaveDeadSocket(join(folder, 'control.sock.next'));
      if (round % 3 === 2) await leaveDeadSocket(join(folder, 'control.sock.next.next'));
      const starts = Array.from({ length: 8 }, () => listenControl(folder, smallDispatcher(systemClock).dispatcher));
      const winners = (await Promise.all(starts)).filter((server) => server !== null);
      expect(winners.length).toBe(1);
      expect(await isLive(folder)).toBe(true);
      await winners[0]!.stop();
      rmSync(join(folder, 'control.sock.next.next'), { force: true });
      expect(readdirSync(folder)).toEqual([]);
    }
  });

  it('lets one of several starting processes win, round after round of kills', async () => {
    for (let round = 0; round < 3; round++) {
      const claimers = await Promise.all(Array.from({ length: 3 }, () => startClaimer(folder)));
      const winners = claimers.filter(({ won }) => won);
      expect(winners.length).toBe(1);
      await kill(winners[0]!.process);
    }
    expect(readdirSync(folder)).toEqual(['control.sock']);
  });

  it('works in a folder whose path no socket address can hold', async () => {
    const long = join(folder, 'x'.repeat(120), 'y'.repeat(120));
    mkdirSync(long, { recursive: true });
    const before = process.cwd();
    const server = await claim(long);
    expect(await listenControl(long, smallDispatcher(systemClock).dispatcher)).toBeNull();
    expect(await isLive(long)).toBe(true);
    expect(await isLive(join(long, 'z'))).toBe(false);
    const client = await connectControl(long);
    expect(await client.request('message.read', { conversation: anyId('0'.repeat(32)) })).toEqual({ done: true });
    client.close();
    expect(process.cwd()).toBe(before);
    expect(readdirSync(long)).toEqual(['control.sock']);
    expect(statSync(join(long, 'control.sock')).mode & 0o777).toBe(0o600);
    await server.stop();
    expect(readdirSync(long)).toEqual([]);
  });

  it('clears away what killed starters left, and nothing that may live', async () => {
    const old = join(folder, 'control-0123456789abcdef.sock');
    const young = join(folder, 'control-1123456789abcdef.sock');
    await leaveDeadSocket(old);
    await leaveDeadSocket(young);
    utimesSync(old, 1, 1);
    const living = createServer().listen(join(folder, 'control-2123456789abcdef.sock'));
    await once(living, 'listening');
    utimesSync(join(folder, 'control-2123456789abcdef.sock'), 1, 1);
    writeFileSync(join(folder, 'control-notes.sock'), '');
    const server = await claim();
    expect(readdirSync(folder).sort()).toEqual([
      'control-1123456789abcdef.sock',
      'control-2123456789abcdef.sock',
      'control-notes.sock',
      'control.sock',
    ]);
    await server.stop();
    living.close();
  });

  it('removes only its own socket when it stops', async () => {
    const server = await claim();
    rmSync(join(folder, 'control.sock'));
    const other = await claim();
    await server.stop();
    expect(await isLive(folder)).toBe(true);
    await other.stop();
  });

  it('says so when the folder is none', async () => {
    await expect(listenControl(join(folder, 'none'), smallDispatcher(systemClock).dispatcher)).rejects.toThrow();
  });
});

describe('W16 the contract over the control socket', () => {
  it('runs commands, and throws what the process answers', async () => {
    const parts = smallDispatcher(systemClock);
    const server = await listenControl(folder, parts.dispatcher);
    const client = await connectControl(folder);
    expect(await client.request('message.read', { conversation: anyId('0'.repeat(32)) })).toEqual({ done: true });
    await expect(client.request('vault.lock', {})).rejects.toEqual(new CommandError('locked', 'Locked already.'));
    const { code } = await client.request('session.code', {});
    expect(parts.access.redeem(code)).not.toBeNull();
    const { url } = await client.request('session.url', {});
    expect(parts.access.redeem(url.slice(url.indexOf('#code=') + 6))).not.toBeNull();
    client.close();
    await client.closed;
    await server!.stop();
  });

  it('carries events, and texts of any kind and size', async () => {
    const { dispatcher, application } = smallDispatcher(systemClock);
    const server = await listenControl(folder, dispatcher);
    const client = await connectControl(folder);
    const texts: string[] = [];
    const done = new Promise<void>((resolve) => {
      client.onEvent((event: EventMessage) => {
        if (event.event === 'request.removed') texts.push(event.data.request);
        if (texts.length === 3) resolve();
      });
    });
    const { cursor } = await client.request('events.subscribe', { cursor: null, boot: null });
    expect(cursor).toBe(0);
    const said = ['line\nbreak \u2028', '🧵'.repeat(100_000), ''];
    said.forEach((text) => application.say(text));
    await done;
    expect(texts).toEqual(said);
    const body = 'é\n'.repeat(100_000);
    await client.request('message.send', { conversation: anyId('0'.repeat(32)), body });
    expect(application.executed.at(-1)?.params).toMatchObject({ body });
    client.close();
    await server!.stop();
  });

  it('makes callers wait until the dispatcher is there', async () => {
    const { dispatcher } = smallDispatcher(systemClock);
    let ready: (value: typeof dispatcher) => void = () => undefined;
    const server = await listenControl(folder, new Promise((resolve) => (ready = resolve)));
    const client = await connectControl(folder);
    const answer = client.request('message.read', { conversation: anyId('0'.repeat(32)) });
    ready(dispatcher);
    expect(await answer).toEqual({ done: true });
    await server!.stop();
  });

  it('lets the command line end the process, reply first', async () => {
    const { dispatcher, stops } = smallDispatcher(systemClock);
    const server = await listenControl(folder, dispatcher);
    const client = await connectControl(folder);
    expect(await client.request('process.stop', {})).toEqual({ done: true });
    expect(stops()).toBe(1);
    await server!.stop();
  });

  it('fails requests that nobody will answer', async () => {
    const server = await listenControl(folder, new Promise(() => undefined));
    const client = await connectControl(folder);
    const answer = client.request('status.get', {});
    const failed = expect(answer).rejects.toBeInstanceOf(HungUpError);
    await server!.stop();
    await failed;
    await client.closed;
    await expect(client.request('status.get', {})).rejects.toBeInstanceOf(HungUpError);
  });

  it('hangs up on a line too long, or without sense', async () => {
    const server = await claim();
    for (const bytes of [Buffer.alloc(CONTROL_LINE_BYTES + 1, 'x'), 'no json\n', '{"id":"x"}\n', '[]\n', '\n']) {
      const socket = await rawControl();
      socket.write(bytes);
      await once(socket.resume(), 'close');
    }
    const socket = await rawControl();
    // One byte at a time, twice in one stream.
    for (const byte of `{"id":7,"command":"token.parse"}\n{"id":8,"command":"nonsense","params":{}}\n`)
      socket.write(byte);
    let text = '';
    for await (const piece of socket) {
      text += String(piece);
      if (text.split('\n').length === 3) break;
    }
    const replies = text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown);
    expect(replies).toEqual([
      { id: 7, ok: false, error: { code: 'bad-request', message: expect.any(String) as string } },
      { id: 8, ok: false, error: { code: 'unknown-command', message: expect.any(String) as string } },
    ]);
    await server.stop();
  });

  it('bounds its connections, and stays live when they are used up', async () => {
    const server = await claim();
    const clients = await Promise.all(Array.from({ length: CONTROL_CONNECTIONS }, () => connectControl(folder)));
    await Promise.all(clients.map((client) => client.request('message.read', { conversation: anyId('0'.repeat(32)) })));
    const surplus = await connectControl(folder);
    await surplus.closed;
    expect(await isLive(folder)).toBe(true);
    await expect(clients[0]!.request('message.read', { conversation: anyId('0'.repeat(32)) })).resolves.toBeDefined();
    clients.forEach((client) => client.close());
    await server.stop();
  });
});

/** A socket file whose process is gone. */
async function leaveDeadSocket(path: string): Promise<void> {
  const short = join(root, `${randomBytes(4).toString('hex')}.sock`);
  const server = createServer().listen(short);
  await once(server, 'listening');
  linkSync(short, path);
  await new Promise((resolve) => server.close(resolve));
}
