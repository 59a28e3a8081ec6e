// The control socket (W16): the contract of the browser for the same person's command line, as lines of JSON, and the
// proof that a profile is live.
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:net';
import type { Socket } from 'node:net';
import { resolve as absolute } from 'node:path';
import type { Dispatcher } from '../dispatch.ts';
import { BACKLOG_BYTES, CLOSE_MS, CONTROL_CONNECTIONS, CONTROL_LINE_BYTES, UNPROVEN_SOCKETS } from '../limits.ts';
import { LineReader } from './line-reader.ts';
import { admit, connectToPipe, pipeGround } from './pipe-file.ts';
import { Places } from '../connection-places.ts';
import { connectTo, listenUnder } from './socket-file.ts';

const SOCKET_NAME = 'control.sock';
const PIPE_NAME = 'control.pipe';

/** What keeps others from the control socket: the permissions of its file, or a proof over a pipe that has none. */
export type ControlKind = 'socket' | 'pipe';

const USUAL: ControlKind = process.platform === 'win32' ? 'pipe' : 'socket';

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
  kind: ControlKind = USUAL,
): Promise<ControlServer | null> {
  // A start that fails rejects it, even when nothing waits for it.
  const ready = Promise.resolve(dispatcher);
  ready.catch(() => undefined);
  const sockets = new Set<Socket>();
  const take = (socket: Socket): void => {
    if (sockets.size >= CONTROL_CONNECTIONS) {
      socket.destroy();
      return;
    }
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    void ready.then(
      (value) => serve(socket, value),
      () => socket.destroy(),
    );
  };
  const key = randomBytes(32);
  const places = new Places<Socket>(UNPROVEN_SOCKETS);
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    if (kind === 'socket') take(socket);
    else {
      places.take(socket);
      admit(socket, key, () => {
        places.keep(socket);
        take(socket);
      });
    }
  });
  const name =
    kind === 'socket'
      ? await listenUnder(server, folder, SOCKET_NAME)
      : await listenUnder(server, folder, PIPE_NAME, pipeGround(key));
  if (!name) return null;
  return {
    async stop() {
      name.release();
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.end();
      places.empty();
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
export function openControl(folder: string, kind: ControlKind = USUAL): Promise<Socket | null> {
  const place = absolute(folder);
  return kind === 'socket' ? connectTo(place, SOCKET_NAME) : connectToPipe(place, PIPE_NAME);
}

/** Whether a process runs the profile in `folder`. */
export async function isLive(folder: string, kind: ControlKind = USUAL): Promise<boolean> {
  const socket = await openControl(folder, kind);
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
