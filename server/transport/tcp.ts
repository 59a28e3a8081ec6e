// Peers over TCP. One socket is one Connection; what its bytes mean is the link's business.
import { createServer, Socket, type Server } from 'node:net';
import type { Connection, Listener, Transport } from './transport.ts';

/** A closing socket whose peer does not read is torn down after this. */
const LINGER_MS = 1000;

/** Sockets the system may queue before we accept them. */
const BACKLOG = 511;

/** IPv4 seen through a dual-stack socket is IPv4. */
const MAPPED = '::ffff:';

const ignore = (): void => undefined;

class TcpConnection implements Connection {
  readonly remoteAddress: string;
  readonly remoteHost: string;
  readonly localHost: string;
  onData: (bytes: Uint8Array) => void = ignore;
  onClose: () => void = ignore;
  onDrain: () => void = ignore;
  readonly #socket: Socket;

  constructor(socket: Socket) {
    this.#socket = socket;
    this.remoteHost = unmapped(socket.remoteAddress ?? '');
    this.localHost = unmapped(socket.localAddress ?? '');
    const shown = this.remoteHost.includes(':') ? `[${this.remoteHost}]` : this.remoteHost;
    this.remoteAddress = `${shown}:${socket.remotePort ?? 0}`;
    socket.setNoDelay(true);
    socket.on('data', (bytes) => this.onData(bytes));
    socket.on('drain', () => this.onDrain());
    socket.on('end', () => this.close());
    socket.on('close', () => this.onClose());
    // A reset is a close like any other; 'close' follows.
    socket.on('error', ignore);
  }

  get backlog(): number {
    return this.#socket.writableLength;
  }

  write(bytes: Uint8Array): void {
    if (this.#socket.writable) this.#socket.write(bytes);
  }

  close(): void {
    if (this.#socket.destroyed) return;
    this.#socket.end();
    setTimeout(() => this.#socket.destroy(), LINGER_MS).unref();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }
}

export const tcpTransport: Transport = {
  async listen(host, port, accept): Promise<Listener> {
    const open = new Set<Socket>();
    const server = createServer((socket) => {
      open.add(socket);
      socket.on('close', () => open.delete(socket));
      accept(new TcpConnection(socket));
    });
    await bind(server, host, port);
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('not a TCP listener');
    return {
      port: address.port,
      stop: () =>
        new Promise((resolve) => {
          server.close(() => resolve());
          for (const socket of open) setTimeout(() => socket.destroy(), LINGER_MS).unref();
        }),
    };
  },

  dial(host, port, signal): Promise<Connection> {
    return new Promise((resolve, reject) => {
      const socket = new Socket();
      const abort = (): void => void socket.destroy(new Error('aborted'));
      const fail = (error: Error): void => {
        signal.removeEventListener('abort', abort);
        reject(error);
      };
      socket.once('error', fail);
      socket.once('connect', () => {
        signal.removeEventListener('abort', abort);
        socket.off('error', fail);
        resolve(new TcpConnection(socket));
      });
      if (signal.aborted) {
        reject(new Error('aborted'));
        return;
      }
      signal.addEventListener('abort', abort, { once: true });
      // autoSelectFamily is for names; hosts here are addresses already.
      socket.connect({ host, port, autoSelectFamily: false });
    });
  },
};

function unmapped(host: string): string {
  return host.startsWith(MAPPED) ? host.slice(MAPPED.length) : host;
}

function bind(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port, backlog: BACKLOG }, () => {
      server.off('error', reject);
      // A socket that could not be accepted, as without a free file descriptor: the next one may be.
      server.on('error', ignore);
      resolve();
    });
  });
}
