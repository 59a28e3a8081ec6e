// A network in memory: listeners by `HOST:PORT`, connections as joined pairs. Bytes arrive in order, each in a later turn
// of the event loop, as from a socket; a cut network delivers nothing and loses what was under way.
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
  backlog = 0;
  other: MemoryConnection | null = null;
  readonly #network: MemoryNetwork;
  readonly #waiting: Uint8Array[] = [];
  #paused = false;
  #ending = false;
  #closed = false;
  #scheduled = false;

  constructor(network: MemoryNetwork, host: string, port: number) {
    this.#network = network;
    this.remoteHost = host;
    this.remoteAddress = `${host}:${port}`;
  }

  write(bytes: Uint8Array): void {
    if (this.#closed || this.#ending || this.#network.isCut) return;
    this.other?.arrive(bytes.slice());
  }

  close(): void {
    if (this.#ending) return;
    this.#ending = true;
    this.other?.finish();
    this.finish();
  }

  destroy(): void {
    this.#waiting.length = 0;
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
    this.#schedule();
  }

  /** The other side ended: what it wrote is still read first. A cut network carries no ending. */
  finish(): void {
    if (this.#network.isCut && !this.#ending) return;
    this.#ending = true;
    this.#schedule();
  }

  /** Ends at once without a word to the other side. */
  drop(): void {
    this.#waiting.length = 0;
    this.#ending = true;
    this.#schedule();
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
    while (!this.#paused && this.#waiting.length > 0) {
      const bytes = this.#waiting.shift();
      if (bytes) this.onData(bytes);
    }
    if (!this.#ending || this.#closed || this.#waiting.length > 0) return;
    this.#closed = true;
    this.onClose();
  }
}

export class MemoryNetwork {
  /** A cut network carries nothing, not even the end of a connection. */
  isCut = false;
  readonly #open = new Set<MemoryConnection>();
  readonly #listeners = new Map<string, (connection: Connection) => void>();
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
    this.#open.clear();
  }

  #listen(host: string, wanted: number, accept: (connection: Connection) => void): Listener {
    const port = wanted === 0 ? this.#nextPort++ : wanted;
    const key = `${host}:${port}`;
    if (this.#listeners.has(key)) throw new Error('address in use');
    this.#listeners.set(key, accept);
    return {
      port,
      stop: () => {
        this.#listeners.delete(key);
        return Promise.resolve();
      },
    };
  }

  async #dial(from: string, host: string, port: number, signal: AbortSignal): Promise<Connection> {
    await new Promise((resolve) => setImmediate(resolve));
    const accept = this.#listeners.get(`${host}:${port}`);
    if (signal.aborted || this.isCut || !accept) throw new Error(signal.aborted ? 'aborted' : 'unreachable');
    const near = new MemoryConnection(this, host, port);
    const far = new MemoryConnection(this, from, this.#nextPort++);
    near.other = far;
    far.other = near;
    this.#open.add(near).add(far);
    accept(far);
    return near;
  }
}
