// Where the local door stands (W1): 127.0.0.1, and ::1 on the same port when it is free. No option widens that.
import type { FastifyInstance } from 'fastify';
import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { answerBrokenRequest, buildHttp, createListener } from './app.ts';
import type { HttpOptions } from './app.ts';
import { freePort, isRefusedByBrowsers } from './opening/bad-ports.ts';
import { CLOSE_MS, CONNECTIONS } from './limits.ts';
import { Places } from './connection-places.ts';

/** Tried when no port is wanted. */
export const DEFAULT_PORT = 7467;

/** How often any free port is tried: between being found and being taken it may go to another program. */
const TRIES = 5;

export interface ListenOptions extends Omit<HttpOptions, 'places'> {
  /** The port wanted, 0 for any free one; null: this profile's last, then 7467, then any. */
  readonly port: number | null;
  /** The port this profile had last; looked at only when none is wanted. */
  readonly preferredPort?: number;
}

export interface HttpServer {
  readonly port: number;
  /** Hangs up on every tab and frees the port, in well under a second. */
  stop(): Promise<void>;
}

/** @throws Error EADDRINUSE or EACCES when a port was wanted and cannot be had. */
export async function startHttp(options: ListenOptions): Promise<HttpServer> {
  const places = new Places<Socket>(CONNECTIONS);
  const app = await buildHttp({ ...options, places });
  const sockets = new Set<Socket>();
  trackSockets(app.server, sockets, places);
  const port = await listenFirst(app, candidates(options));
  const second = await listenSecond(app, port, (server) => trackSockets(server, sockets, places));
  return {
    port,
    async stop() {
      // A closing handshake gets its time, then whatever is left is cut: ours is the process that has to end.
      const cut = setTimeout(() => sockets.forEach((socket) => socket.destroy()), 2 * CLOSE_MS);
      await Promise.all([app.close(), second ? closeListener(second) : Promise.resolve()]);
      clearTimeout(cut);
    },
  };
}

function candidates({ port, preferredPort }: ListenOptions): number[] {
  if (port === 0) return Array.from({ length: TRIES }, () => 0);
  if (port !== null) return [port];
  const usual = [...(preferredPort === undefined ? [] : [preferredPort]), DEFAULT_PORT];
  return [...usual.filter((each) => !isRefusedByBrowsers(each)), ...Array.from({ length: TRIES }, () => 0)];
}

async function listenFirst(app: FastifyInstance, ports: readonly number[]): Promise<number> {
  const [wanted = 0, ...others] = ports;
  const port = wanted === 0 ? await freePort() : wanted;
  try {
    await app.listen({ host: '127.0.0.1', port });
  } catch (error) {
    if (others.length === 0) throw error;
    return listenFirst(app, others);
  }
  return portOf(app.server);
}

/** @returns null where ::1 is missing or the port taken there: nothing depends on it. */
async function listenSecond(
  app: FastifyInstance,
  port: number,
  track: (server: Server) => void,
): Promise<Server | null> {
  const server = createListener((request, response) => app.routing(request, response));
  track(server);
  server.on('clientError', answerBrokenRequest);
  server.on('upgrade', (...upgrade) => app.server.emit('upgrade', ...upgrade));
  return new Promise((resolve) => {
    server.once('error', () => resolve(null));
    server.listen({ host: '::1', port, ipv6Only: true }, () => resolve(server));
  });
}

function trackSockets(server: Server, sockets: Set<Socket>, places: Places<Socket>): void {
  server.on('connection', (socket) => {
    places.take(socket);
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
}

function closeListener(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the local door has no port');
  return address.port;
}
