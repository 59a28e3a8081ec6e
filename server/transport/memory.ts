// A network in memory: listeners by `HOST:PORT`, connections as joined pairs. Bytes arrive in order, each in a later turn
// of the event loop, as from a socket; a cut network delivers nothing and loses what was under way. What else happens to
// connections can be had as well: bytes that stay under way, a connection torn in the middle of them, a host that dies.
import type { Connection, Listener, Transport } from './transport.ts';

const ignore = (): void => undefined;

/** Ports handed out when port 0 is asked for. */
const FIRST_FREE_PORT = 40_000;

class MemoryConnection implements Connection {
  readonly remoteAddress: string;
  readonly remoteHost: string;
  onData: (bytes: Uint8Array) => void = ignore;
  onClose: () => void = ignore;
  onDrain: () => void = ignore;
  other: MemoryConnection | null = null;
  readonly localHost: string;
  readonly #network: MemoryNetwork;
  readonly #waiting: Uint8Array[] = [];
  #unread = 0;
  #paused = false;
  #ending = false;
  /** Ended on this side, which needs no reading to be known. */
  #left = false;
  #closed = false;
  #scheduled = false;

  constructor(network: MemoryNetwork, localHost: string, host: string, port: number) {
    this.#network = network;
    this.localHost = localHost;
    this.remoteHost = host;
    this.remoteAddress = `${host}:${port}`;
  }

  /** What the other side has not read yet. */
  get backlog(): number {
    return this.other?.unread ?? 0;
  }

  get unread(): number {
    return this.#unread;
  }

  write(bytes: Uint8Array): void {
    if (this.#closed || this.#ending || this.#isCut) return;
    this.other?.arrive(bytes.slice());
    this.#network.onWritten(this.localHost, bytes);
  }

  close(): void {
    this.#left = true;
    this.#schedule();
    if (this.#ending) return;
    this.#ending = true;
    this.other?.finish();
    this.finish();
  }

  destroy(): void {
    this.#lose(0);
    this.close();
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    this.#schedule();
  }

  arrive(bytes: Uint8Array): void {
    this.#waiting.push(bytes);
    this.#unread += bytes.length;
    this.#schedule();
  }

  /** The other side ended: what it wrote is still read first. A cut network carries no ending. */
  finish(): void {
    if (this.#isCut && !this.#ending) return;
    this.#ending = true;
    this.#schedule();
  }

  /** Ends without a word to the other side, once the first `kept` pieces of what waits are read. */
  drop(kept = 0): void {
    this.#lose(kept);
    this.#ending = true;
    this.#schedule();
  }

  /** What was held may be read. */
  deliver(): void {
    this.#schedule();
  }

  #lose(kept: number): void {
    for (const bytes of this.#waiting.splice(kept)) this.#unread -= bytes.length;
  }

  /** An end that was torn off reads what is left to it, held or not. */
  get #isHeld(): boolean {
    return !this.#ending && this.#network.isHeldBetween(this.localHost, this.remoteHost);
  }

  get #isCut(): boolean {
    return this.#network.isCut || this.#network.isCutBetween(this.localHost, this.remoteHost);
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#deliver();
    });
  }

  #deliver(): void {
    while (!this.#paused && !this.#isHeld && this.#waiting.length > 0) {
      const bytes = this.#waiting.shift();
      this.#network.onRead(this.localHost);
      if (!bytes) break;
      this.#unread -= bytes.length;
      this.onData(bytes);
      if (this.#unread === 0) this.other?.onDrain();
    }
    if (!this.#ending || this.#closed || this.#waiting.length > 0) return;
    // As with a socket, who does not read does not see the end.
    if (this.#paused && !this.#left) return;
    this.#closed = true;
    this.#network.forget(this);
    this.onClose();
  }
}

export class MemoryNetwork {
  /** A cut network carries nothing, not even the end of a connection. */
  isCut = false;
  /** A host has handed bytes to the network. */
  onWritten: (host: string, bytes: Uint8Array) => void = ignore;
  /** Bytes are about to be given to a host. */
  onRead: (host: string) => void = ignore;
  readonly #open = new Set<MemoryConnection>();
  readonly #listeners = new Map<string, (connection: Connection) => void>();
  readonly #cut = new Set<string>();
  readonly #held = new Set<string>();
  readonly #shut = new Set<string>();
  #nextPort = FIRST_FREE_PORT;

  /** A host's own view of this network. */
  host(address: string): Transport {
    return {
      listen: (_host, port, accept) => Promise.resolve(this.#listen(address, port, accept)),
      dial: (host, port, signal) => this.#dial(address, host, port, signal),
    };
  }

  /** Resets every connection, as a router does that forgot them. What was under way is lost. */
  reset(): void {
    for (const connection of this.#open) connection.drop();
  }

  /** Resets the connections of two hosts in the middle of what is under way: each reads the first `kept` pieces of it. */
  tear(a: string, b: string, kept: number): void {
    for (const connection of this.#between(a, b)) connection.drop(kept);
  }

  /** From now on nothing gets from one of two hosts to the other, silently. */
  cut(a: string, b: string): void {
    this.#cut.add(pairOf(a, b));
  }

  /** Bytes between two hosts stay under way until they are released, torn off or lost with a host. */
  hold(a: string, b: string): void {
    this.#held.add(pairOf(a, b));
  }

  release(a: string, b: string): void {
    this.#held.delete(pairOf(a, b));
    for (const connection of this.#between(a, b)) connection.deliver();
  }

  /** A firewall that drops: new connections vanish silently; what is connected stays so. */
  shut(host: string): void {
    this.#shut.add(host);
  }

  /** Every cut is mended, everything that is held gets through, every host is open. */
  heal(): void {
    this.#shut.clear();
    this.#cut.clear();
    this.#held.clear();
    for (const connection of this.#open) connection.deliver();
  }

  /** A host dies: its listeners are gone, it reads no more; the others still read what it wrote, then the end of it. */
  kill(host: string): void {
    for (const key of this.#listeners.keys()) if (key.startsWith(`${host}:`)) this.#listeners.delete(key);
    for (const connection of this.#open) {
      if (connection.localHost === host) connection.drop();
      else if (connection.remoteHost === host) connection.finish();
    }
  }

  /** Bytes that were sent to a host and that it has not read. */
  unreadAt(host: string): number {
    const ends = [...this.#open].filter(({ localHost }) => localHost === host);
    return ends.reduce((sum, { unread }) => sum + unread, 0);
  }

  isCutBetween(a: string, b: string): boolean {
    return this.#cut.has(pairOf(a, b));
  }

  isHeldBetween(a: string, b: string): boolean {
    return this.#held.has(pairOf(a, b));
  }

  forget(connection: MemoryConnection): void {
    this.#open.delete(connection);
  }

  #between(a: string, b: string): MemoryConnection[] {
    const pair = pairOf(a, b);
    return [...this.#open].filter(({ localHost, remoteHost }) => pairOf(localHost, remoteHost) === pair);
  }

  #listen(host: string, wanted: number, accept: (connection: Connection) => void): Listener {
    const port = wanted === 0 ? this.#nextPort++ : wanted;
    const key = `${host}:${port}`;
    if (this.#listeners.has(key)) throw new Error('address in use');
    this.#listeners.set(key, accept);
    return {
      port,
      stop: () => {
        // A host that died has left its place to the next one.
        if (this.#listeners.get(key) === accept) this.#listeners.delete(key);
        return Promise.resolve();
      },
    };
  }

  async #dial(from: string, host: string, port: number, signal: AbortSignal): Promise<Connection> {
    await new Promise((resolve) => setImmediate(resolve));
    if (this.#shut.has(host)) await aborted(signal);
    const accept = this.#listeners.get(`${host}:${port}`);
    const unreachable = this.isCut || this.isCutBetween(from, host) || !accept;
    if (signal.aborted || unreachable) throw new Error(signal.aborted ? 'aborted' : 'unreachable');
    const near = new MemoryConnection(this, from, host, port);
    const far = new MemoryConnection(this, host, from, this.#nextPort++);
    near.other = far;
    far.other = near;
    this.#open.add(near).add(far);
    accept(far);
    return near;
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

function pairOf(a: string, b: string): string {
  return [a, b].sort().join();
}
