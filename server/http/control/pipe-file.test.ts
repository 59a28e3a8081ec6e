// The control socket as Windows has it, here over an abstract Unix socket, which any user may connect to as well.
import { createHmac, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { connect, createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { anyId } from '../../testing/ids.ts';
import { systemClock } from '../../timing/clock.ts';
import { smallDispatcher } from '../../testing/network/http-edge.ts';
import { connectControl, NotRunningError } from './control-client.ts';
import { isLive, listenControl } from './control.ts';
import type { ControlServer } from './control.ts';
import { PROOF_BYTES, UNPROVEN_SOCKETS } from '../limits.ts';

interface PipeFile {
  address: string;
  key: string;
  pid: number;
}

let folder: string;
const running: (ControlServer | Server | Socket)[] = [];
beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'loom-pipe-')), 'profile');
  mkdirSync(folder, { mode: 0o700 });
});
afterEach(async () => {
  for (const each of running.splice(0)) {
    if ('stop' in each) await each.stop();
    else if ('destroy' in each) each.destroy();
    else each.close();
  }
  rmSync(join(folder, '..'), { recursive: true });
});

const path = (): string => join(folder, 'control.pipe');
const readFile = (): PipeFile => JSON.parse(readFileSync(path(), 'utf8')) as PipeFile;

async function claim(): Promise<ControlServer> {
  const server = await listenControl(folder, smallDispatcher(systemClock).dispatcher, 'pipe');
  if (!server) throw new Error('the profile is live already');
  running.push(server);
  return server;
}

async function stranger(address: string): Promise<Socket> {
  const socket = connect(address).on('error', () => undefined);
  running.push(socket);
  await once(socket, 'connect');
  return socket;
}

/** A program at the address of a profile; says `answers` to each who connects, and keeps what it hears. */
async function squat(address: string, answers: (heard: string) => string | null, greets: string): Promise<string[]> {
  const heard: string[] = [];
  const server = createServer((socket) => {
    running.push(socket.on('error', () => undefined));
    if (greets !== '') socket.write(greets);
    createInterface({ input: socket }).on('line', (line) => {
      heard.push(line);
      const answer = answers(line);
      if (answer !== null) socket.write(answer);
    });
  }).listen(address);
  running.push(server);
  await once(server, 'listening');
  return heard;
}

/** What a process that was killed leaves: a file, and nobody behind it. */
function leaveDead(): PipeFile {
  const file = {
    address: `\0loom-${randomBytes(16).toString('hex')}`,
    key: randomBytes(32).toString('hex'),
    pid: 2 ** 30,
  };
  writeFileSync(path(), JSON.stringify(file), { mode: 0o600 });
  return file;
}

const mine = { conversation: anyId('0'.repeat(32)) };

describe.skipIf(process.platform !== 'linux')('L9 the control socket without a file’s permissions', () => {
  it('has a random name and a key, for this user alone, and carries the contract once both are proven', async () => {
    const server = await claim();
    const { address, key } = readFile();
    expect(address).toMatch(/^\0loom-[0-9a-f]{32}$/);
    expect(key).toMatch(/^[0-9a-f]{64}$/);
    expect(statSync(path()).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toEqual(['control.pipe']);
    const client = await connectControl(folder, 'pipe');
    expect(await client.request('message.read', mine)).toEqual({ done: true });
    client.close();
    expect(await isLive(folder, 'pipe')).toBe(true);
    await server.stop();
    expect(readdirSync(folder)).toEqual([]);
    expect(await isLive(folder, 'pipe')).toBe(false);
    await expect(connectControl(folder, 'pipe')).rejects.toBeInstanceOf(NotRunningError);
    await claim();
    expect(readFile().address).not.toBe(address);
    expect(readFile().key).not.toBe(key);
  });

  it('lets nobody in who does not hold the key, and says nothing to them but a nonce', async () => {
    await claim();
    const { address } = readFile();
    const [nc, mac] = [randomBytes(32), randomBytes(32)].map((bytes) => bytes.toString('hex'));
    const command = JSON.stringify({ id: 1, command: 'session.code', params: {} });
    for (const says of [
      command,
      JSON.stringify({ nc, mac }),
      'x',
      `${JSON.stringify({ nc, mac })}\n${command}`,
      'x'.repeat(PROOF_BYTES + 1),
    ]) {
      const socket = await stranger(address);
      let heard = '';
      socket.on('data', (piece) => (heard += String(piece)));
      socket.write(`${says}\n`);
      await once(socket, 'close');
      expect(heard).toMatch(/^\{"ns":"[0-9a-f]{64}"\}\n$/);
    }
  });

  it('keeps the owner’s way open, however many others connect and say nothing', async () => {
    await claim();
    const { address } = readFile();
    const strangers: Socket[] = [];
    for (let count = 0; count <= 2 * UNPROVEN_SOCKETS; count++) strangers.push((await stranger(address)).resume());
    const client = await connectControl(folder, 'pipe');
    for (let count = 0; count <= UNPROVEN_SOCKETS; count++) strangers.push((await stranger(address)).resume());
    expect(await client.request('message.read', mine)).toEqual({ done: true });
    await expect.poll(() => strangers.filter(({ destroyed }) => !destroyed).length).toBe(UNPROVEN_SOCKETS);
    client.close();
  });

  it('is said nothing to when another program has taken its name, and the owner starts all the same', async () => {
    const ns = randomBytes(32).toString('hex');
    const greets = `${JSON.stringify({ ns })}\n`;
    const programs: [greets: string, answers: (heard: string) => string | null][] = [
      ['nonsense\n', () => null],
      [greets, () => `${JSON.stringify({ mac: '0'.repeat(64) })}\n`],
      // The client's own proof, turned back on it.
      [greets, (heard) => `${JSON.stringify({ mac: (JSON.parse(heard) as { mac: string }).mac })}\n`],
    ];
    for (const [greeting, answers] of programs) {
      const { address, key } = leaveDead();
      const heard = await squat(address, answers, greeting);
      await expect(connectControl(folder, 'pipe')).rejects.toBeInstanceOf(NotRunningError);
      const server = await claim();
      expect(readFile().address).not.toBe(address);
      for (const line of heard) {
        expect(Object.keys(JSON.parse(line) as object)).toEqual(['nc', 'mac']);
        expect(line).not.toContain(key);
        const { nc, mac } = JSON.parse(line) as { nc: string; mac: string };
        const proof = createHmac('sha256', Buffer.from(key, 'hex')).update('loom-ws-c').update(Buffer.from(ns, 'hex'));
        expect(mac).toBe(proof.update(Buffer.from(nc, 'hex')).update('loom-control').digest('hex'));
      }
      await server.stop();
      expect(existsSync(path())).toBe(false);
    }
  });

  it('counts as living while its process does, though it hangs up without an answer', async () => {
    const file = leaveDead();
    writeFileSync(path(), JSON.stringify({ ...file, pid: process.pid }));
    const server = createServer((socket) => socket.destroy()).listen(file.address);
    running.push(server);
    await once(server, 'listening');
    expect(await isLive(folder, 'pipe')).toBe(false);
    expect(await listenControl(folder, smallDispatcher(systemClock).dispatcher, 'pipe')).toBeNull();
    // The process gone, and a stranger at its name.
    writeFileSync(path(), JSON.stringify(file));
    await claim();
  });

  it('goes to one of many starters, over what killed ones left', async () => {
    for (let round = 0; round < 15; round++) {
      leaveDead();
      if (round % 3 === 1) writeFileSync(join(folder, 'control.pipe.next'), readFileSync(path()));
      if (round % 3 === 2) writeFileSync(path(), '{"address":');
      const starts = Array.from({ length: 8 }, () =>
        listenControl(folder, smallDispatcher(systemClock).dispatcher, 'pipe'),
      );
      const winners = (await Promise.all(starts)).filter((server) => server !== null);
      expect(winners.length).toBe(1);
      expect(await isLive(folder, 'pipe')).toBe(true);
      await winners[0]!.stop();
      expect(readdirSync(folder)).toEqual([]);
    }
  });
});
