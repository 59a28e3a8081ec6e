// A byte connection to a peer. The engine knows this interface alone; `tcp.ts` is the real one, `memory.ts` a joined
// pair for tests. No framing, no encryption here.

export interface Connection {
  /** `HOST:PORT` of the other side, IPv6 in brackets. */
  readonly remoteAddress: string;
  /** Host alone, for limits by address. */
  readonly remoteHost: string;
  /** Host of this side: the address of ours that was dialled, or dials. */
  readonly localHost: string;
  /** Bytes accepted but not yet handed to the network. */
  readonly backlog: number;
  /** Set once, right after the connection is handed over; bytes before that wait. */
  onData: (bytes: Uint8Array) => void;
  onClose: () => void;
  /** The backlog is empty again. */
  onDrain: () => void;
  write(bytes: Uint8Array): void;
  /** Sends what was written, then ends. */
  close(): void;
  /** Ends at once. */
  destroy(): void;
  /** Stops and restarts the reading of bytes: what waits stays with the sender. */
  pause(): void;
  resume(): void;
}

export interface Listener {
  /** Port others dial. */
  readonly port: number;
  stop(): Promise<void>;
}

export interface Transport {
  /** @throws Error when the port or host cannot be had. Port 0: any free one. */
  listen(host: string, port: number, accept: (connection: Connection) => void): Promise<Listener>;
  /**
   * @param host an IP address, IPv6 with scope where needed; names are resolved before.
   * @throws Error when refused, unreachable, or aborted.
   */
  dial(host: string, port: number, signal: AbortSignal): Promise<Connection>;
}
