// The control socket (W16): the contract of the browser for the same person's command line, as lines of JSON, and the
// proof that a profile is live.
import { createHash } from 'node:crypto';
import { createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import { resolve as absolute } from 'node:path';
import type { Dispatcher } from './dispatch.ts';
import { BACKLOG_BYTES, CLOSE_MS, CONTROL_CONNECTIONS, CONTROL_LINE_BYTES } from './limits.ts';
import { LineReader } from './lines.ts';
import { connectTo, listenUnder } from './socket-file.ts';
import type { HeldName } from './socket-file.ts';

const SOCKET_NAME = 'control.sock';

export interface ControlServer {
  /** Gives the profile free, then hangs up. Call it last: from then on another process may start. */
  stop(): Promise<void>;
}

/**
 * Claims the profile in `folder` for this process, and serves its command line. Connections wait for the dispatcher,
 * so that the claim can come before everything else.
 * @returns null when the profile is live already.
 */
export async function listenControl(
  folder: string,
  dispatcher: Dispatcher | Promise<Dispatcher>,
): Promise<ControlServer | null> {
  // A start that fails rejects it, even when nobody waits.
  const ready = Promise.resolve(dispatcher);
  ready.catch(() => undefined);
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    void ready.then(
      (value) => serve(socket, value),
      () => socket.destroy(),
    );
  });
  server.maxConnections = CONTROL_CONNECTIONS;
  const name =
    process.platform === 'win32' ? await listenOnPipe(server, folder) : await listenUnder(server, folder, SOCKET_NAME);
  if (!name) return null;
  return {
    async stop() {
      name.release();
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.end();
      const cut = setTimeout(() => sockets.forEach((socket) => socket.destroy()), CLOSE_MS);
      await closed;
      clearTimeout(cut);
    },
  };
}

/** Whether a file in the profile's folder is a control socket, this process's or one on its way. */
export function isControlName(name: string): boolean {
  return name.startsWith('control');
}

/** @returns a connection to the process that runs the profile in `folder`, null when none does. */
export function openControl(folder: string): Promise<Socket | null> {
  if (process.platform === 'win32') return connectTo('', pipeName(folder));
  return connectTo(absolute(folder), SOCKET_NAME);
}

/** Whether a process runs the profile in `folder`. */
export async function isLive(folder: string): Promise<boolean> {
  const socket = await openControl(folder);
  socket?.on('error', () => undefined).destroy();
  return socket !== null;
}

function serve(socket: Socket, dispatcher: Dispatcher): void {
  if (socket.destroyed) return;
  const lines = new LineReader(CONTROL_LINE_BYTES);
  const connection = dispatcher.open('control', (text) => {
    if (socket.writable) socket.write(`${text}\n`);
    if (socket.writableLength > BACKLOG_BYTES) socket.destroy();
  });
  socket.on('close', () => connection.close());
  socket.on('data', (piece: Buffer) => {
    const complete = lines.push(piece);
    if (!complete?.every((line) => connection.receive(line))) socket.destroy();
  });
}

// A pipe's name goes with its process, and only the first can create it: nothing is ever left behind.
function listenOnPipe(server: Server, folder: string): Promise<HeldName | null> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE' || error.code === 'EACCES') resolve(null);
      else reject(error);
    });
    server.listen(pipeName(folder), () => resolve({ release: () => undefined }));
  });
}

function pipeName(folder: string): string {
  const hash = createHash('sha256').update(absolute(folder).toLowerCase()).digest('hex');
  return `\\\\.\\pipe\\loom-${hash.slice(0, 32)}`;
}
