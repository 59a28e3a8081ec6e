// One UDP socket of one family on the mDNS port, with its memberships and its queue. Choosing the outgoing adapter is
// a property of the whole socket, so choice and send go in pairs, one packet after the other.
import { createSocket } from 'node:dgram';
import type { RemoteInfo, Socket } from 'node:dgram';
import type { Family } from '../../network/adapters.ts';
import { MAX_QUEUED_PACKETS } from './limits.ts';

/** RFC 6762 §3. */
const GROUP: Record<Family, string> = { ipv4: '224.0.0.251', ipv6: 'ff02::fb' };
const ANY: Record<Family, string> = { ipv4: '0.0.0.0', ipv6: '::' };
/** RFC 6762 §11. */
const HOP_LIMIT = 255;

export interface SocketEvents {
  onPacket(bytes: Buffer, remote: RemoteInfo): void;
  /** A packet went out, or did not: `code` is an errno name, null for sent. */
  onSent(code: string | null): void;
  /** The socket is gone. */
  onClosed(): void;
}

interface Outgoing {
  readonly join: string;
  readonly bytes: Uint8Array;
}

export class FamilySocket {
  readonly #socket: Socket;
  readonly #family: Family;
  readonly #port: number;
  readonly #events: SocketEvents;
  readonly #joined = new Set<string>();
  readonly #queue: Outgoing[] = [];
  #sending = false;
  #closed = false;
  #onIdle: (() => void)[] = [];

  private constructor(socket: Socket, family: Family, port: number, events: SocketEvents) {
    this.#socket = socket;
    this.#family = family;
    this.#port = port;
    this.#events = events;
    socket.on('message', (bytes, remote) => events.onPacket(bytes, remote));
    socket.on('error', () => this.close());
  }

  /** @throws NodeJS.ErrnoException when the port cannot be had, EADDRINUSE above all. */
  static async open(family: Family, port: number, events: SocketEvents): Promise<FamilySocket> {
    const type = family === 'ipv4' ? 'udp4' : 'udp6';
    const socket = createSocket({
      type,
      // Shares the port with other responders of this machine; reusePort would share out the packets instead.
      reuseAddr: true,
      ipv6Only: family === 'ipv6',
      // Only literal addresses are ever sent to; this also keeps the resolver out for certain.
      lookup: (host, _options, callback) => callback(null, host, family === 'ipv4' ? 4 : 6),
    });
    try {
      await new Promise<void>((resolve, reject) => {
        socket.once('error', reject);
        socket.bind({ address: ANY[family], port, exclusive: true }, () => {
          socket.off('error', reject);
          resolve();
        });
      });
      socket.setMulticastTTL(HOP_LIMIT);
      // Other Looms on this machine hear us through it.
      socket.setMulticastLoopback(true);
    } catch (error) {
      socket.on('error', () => undefined);
      socket.close();
      throw error;
    }
    return new FamilySocket(socket, family, port, events);
  }

  /** Leaves and joins until exactly `joins` are members. Left first: two addresses may stand for one adapter. */
  follow(joins: ReadonlySet<string>): void {
    for (const join of this.#joined) {
      if (joins.has(join)) continue;
      this.#joined.delete(join);
      attempt(() => this.#socket.dropMembership(GROUP[this.#family], join));
    }
    for (const join of joins) {
      if (this.#closed || this.#joined.has(join)) continue;
      const code = attempt(() => this.#socket.addMembership(GROUP[this.#family], join));
      // EADDRINUSE: already a member, by another address of the adapter.
      if (code === null || code === 'EADDRINUSE') this.#joined.add(join);
    }
  }

  has(join: string): boolean {
    return this.#joined.has(join);
  }

  get memberships(): number {
    return this.#joined.size;
  }

  send(join: string, bytes: Uint8Array): void {
    if (this.#closed || this.#queue.length >= MAX_QUEUED_PACKETS) return;
    this.#queue.push({ join, bytes });
    this.#sendNext();
  }

  /** Resolves once nothing waits to be sent. */
  drained(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#closed || (!this.#sending && this.#queue.length === 0)) resolve();
      else this.#onIdle.push(resolve);
    });
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#queue.length = 0;
    this.#socket.close();
    this.#idle();
    this.#events.onClosed();
  }

  #sendNext(): void {
    if (this.#sending || this.#closed) return;
    const next = this.#queue.shift();
    if (!next) {
      this.#idle();
      return;
    }
    this.#sending = true;
    const code = attempt(() => {
      this.#socket.setMulticastInterface(next.join);
      this.#socket.send(next.bytes, this.#port, GROUP[this.#family], (error) => this.#sent(next, errorCode(error)));
    });
    if (code !== null) this.#sent(next, code);
  }

  #sent(packet: Outgoing, code: string | null): void {
    this.#sending = false;
    // An adapter that went away: joined anew when it is back.
    if (code === 'EADDRNOTAVAIL' || code === 'ENODEV') this.#joined.delete(packet.join);
    this.#events.onSent(code);
    this.#sendNext();
  }

  #idle(): void {
    const waiting = this.#onIdle;
    this.#onIdle = [];
    for (const resolve of waiting) resolve();
  }
}

/** @returns an errno name, null when there was no error. */
export function errorCode(error: unknown): string | null {
  if (error === null || error === undefined) return null;
  return error instanceof Error && 'code' in error ? String(error.code) : 'UNKNOWN';
}

/** Adapters vanish between looking and calling; what fails then is no bug of ours. */
function attempt(action: () => void): string | null {
  try {
    action();
    return null;
  } catch (error) {
    return errorCode(error);
  }
}
