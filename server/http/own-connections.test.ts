import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { openDoor } from '../testing/network/http-edge.ts';
import { OwnConnections } from './own-connections.ts';

/** Known to the kernel by number alone; no account is needed. */
const STRANGER = 61_002;
const isRoot = process.getuid?.() === 0;

const cleanups: (() => unknown)[] = [];
afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup();
});

async function listen(): Promise<{ server: Server; port: number }> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanups.push(() => server.close());
  return { server, port: (server.address() as AddressInfo).port };
}

async function accepted(server: Server): Promise<Socket> {
  const [socket] = (await once(server, 'connection')) as [Socket];
  cleanups.push(() => socket.destroy());
  return socket;
}

/** Another user's program: sends `text` and keeps the connection open. @returns the beginning of what it is answered. */
async function stranger(port: number, text: string): Promise<string> {
  const script = `const s = require('net').connect(${port}, '127.0.0.1', () => s.write(${JSON.stringify(text)}));
    s.pipe(process.stdout); s.on('error', () => {}); setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['-e', script], { uid: STRANGER, gid: STRANGER, cwd: '/' });
  cleanups.push(() => child.kill());
  const [piece] = (await once(child.stdout, 'data')) as [Buffer];
  return piece.toString();
}

describe.skipIf(process.platform !== 'linux')('whose a connection is', () => {
  it('shows for our own, many at once, and no longer once it has ended', async () => {
    const { server, port } = await listen();
    const connections = new OwnConnections();
    const sockets: Socket[] = [];
    for (let count = 0; count < 20; count++) {
      const coming = accepted(server);
      const own = connect(port, '127.0.0.1').on('error', () => undefined);
      cleanups.push(() => own.destroy());
      sockets.push(await coming);
    }
    const asked = await Promise.all(sockets.map((socket) => connections.mayOwn(socket)));
    expect(asked).toEqual(sockets.map(() => true));
    const coming = accepted(server);
    const gone = connect({ port, host: '127.0.0.1' });
    const socket = await coming;
    const ends = { remoteFamily: socket.remoteFamily, remotePort: socket.remotePort, localPort: socket.localPort };
    gone.destroy();
    await once(socket.resume(), 'close');
    expect(await connections.mayOwn(ends)).toBe(false);
  });

  it.skipIf(!isRoot)('shows for another user’s', async () => {
    const { server, port } = await listen();
    const coming = accepted(server);
    void stranger(port, '').catch(() => undefined);
    const socket = await coming;
    expect(await new OwnConnections(1).mayOwn(socket)).toBe(false);
    expect(await new OwnConnections(STRANGER).mayOwn(socket)).toBe(true);
  });

  it.skipIf(!isRoot)('keeps another user from voiding codes and sessions as a service worker would', async () => {
    const door = await openDoor();
    cleanups.push(() => void door.close());
    const code = door.access.mintCode('printed');
    const request = `GET /sw.js HTTP/1.1\r\nHost: ${door.host}\r\nService-Worker: script\r\n\r\n`;
    expect(await stranger(door.port, request)).toMatch(/^HTTP\/1\.1 404 /);
    expect(door.access.redeem(code)).not.toBeNull();
  });
});
