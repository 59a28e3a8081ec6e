// One connection with its link: handshake, deadline, keepalive, batching. Knows records, but neither contacts nor storage.
//
//   handshaking ──proven (initiator)──▶ held ──proceed──▶ secured ──greeted──▶ open ──▶ closed
//        └───────────────────── closed: bad bytes, deadline, silence, other side gone ──────▲
//
// Untrusted bytes end here: a ProtocolError from the link or from whoever reads a record closes the connection.
import type { Link } from '../protocol/link.ts';
import { ProtocolError } from '../protocol/errors.ts';
import { ACK_IDS, HANDSHAKE_DEADLINE_MS } from '../protocol/limits.ts';
import { BYE, encodeAck, encodeBye, parseBye, parsePing, RECORD, type LinkRecord } from '../protocol/records.ts';
import type { Connection } from '../transport/transport.ts';
import type { Clock } from './clock.ts';
import { Debt } from './debt.ts';
import { Keepalive } from './keepalive.ts';

/** Beyond this, a PING is not answered until the other side has read. */
const PONG_BACKLOG_BYTES = 64 * 1024;

/** Beyond this, what the other side has not read of ours keeps us from reading on. */
const UNREAD_BYTES = 1024 * 1024;

export interface ChannelListener {
  /** Initiator only: the responder holds the static key we dialled. Nothing of ours is shown before `proceed`. */
  onProven?: () => void;
  onSecured: (theirStatic: Uint8Array) => void;
  onRecord: (record: LinkRecord) => void;
  /** What was written is with the network; there is room again. */
  onDrain?: () => void;
  /** Answers are owed for too long, or come again. */
  onDoubt?: (doubtful: boolean) => void;
  /** Exactly once, whoever ended it. */
  onClosed: () => void;
}

export interface ChannelOptions {
  readonly connection: Connection;
  readonly link: Link;
  readonly clock: Clock;
  readonly random: (length: number) => Uint8Array;
}

const deaf: ChannelListener = {
  onSecured: () => undefined,
  onRecord: () => undefined,
  onClosed: () => undefined,
};

export class Channel {
  listener: ChannelListener = deaf;
  /** When the channel was made, on the wall clock. */
  readonly since: number;
  readonly #options: ChannelOptions;
  #records: LinkRecord[] = [];
  readonly #acks: Uint8Array[] = [];
  #scheduled = false;
  #secured = false;
  #closed = false;
  #farewell: number | null = null;
  readonly #cancelDeadline: () => void;
  readonly #keepalive: Keepalive;
  #holds = 0;
  readonly #probes = new Set<(alive: boolean) => void>();
  readonly debt: Debt;

  constructor(options: ChannelOptions) {
    this.#options = options;
    this.debt = new Debt(options.clock, (doubtful) => this.listener.onDoubt?.(doubtful));
    this.since = options.clock.now();
    this.#cancelDeadline = options.clock.after(HANDSHAKE_DEADLINE_MS, () => this.destroy());
    const { clock } = options;
    this.#keepalive = new Keepalive({ clock, role: this.role, ask: () => this.#ping(), onDead: () => this.destroy() });
    options.connection.onData = (bytes) => this.#receive(bytes);
    options.connection.onClose = () => this.#finish();
    options.connection.onDrain = () => {
      this.#readOn();
      this.listener.onDrain?.();
    };
  }

  get role(): 'initiator' | 'responder' {
    return this.#options.link.role;
  }

  get remoteAddress(): string {
    return this.#options.connection.remoteAddress;
  }

  get remoteHost(): string {
    return this.#options.connection.remoteHost;
  }

  /** The reason of the BYE they sent; null: none came. */
  get farewell(): number | null {
    return this.#farewell;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Bytes written that the network has not taken yet. */
  get backlog(): number {
    return this.#options.connection.backlog;
  }

  get handshakeHash(): Uint8Array {
    return this.#options.link.handshakeHash;
  }

  get exportKey(): Uint8Array {
    return this.#options.link.exportKey;
  }

  start(): void {
    this.#guarded(() => this.#run(this.#options.link.start()));
  }

  /** Initiator, after `onProven`: shows who we are. */
  proceed(): void {
    if (this.#closed) return;
    this.#guarded(() => this.#run(this.#options.link.proceed()));
  }

  /** Both HELLOs are known: the deadline is off, the keepalive on. */
  greeted(): void {
    this.#cancelDeadline();
    if (!this.#closed) this.#keepalive.watch();
  }

  /** They are a contact of ours, we are one of theirs: what they send may be long. */
  trust(): void {
    this.#options.link.trust();
  }

  /**
   * Reads no further until `release` was called as often: what came is worked off first, so that nobody who sends without
   * end keeps others waiting.
   */
  hold(): void {
    this.#holds += 1;
    if (this.#holds === 1) this.#options.connection.pause();
  }

  release(): void {
    this.#holds -= 1;
    this.#readOn();
  }

  /** Queues a record; everything queued in one turn leaves as one flush. */
  send(type: number, body: Uint8Array): void {
    if (this.#closed) return;
    this.debt.sent(type);
    this.#records.push({ type, body });
    this.#schedule();
  }

  /** Queues an acknowledgement; those of one turn share records. */
  acknowledge(messageId: Uint8Array): void {
    if (this.#closed) return;
    this.#acks.push(messageId);
    this.#schedule();
  }

  /** Is the other side there? Asks, and waits at most `ms` for any sign of life; otherwise the channel is destroyed. */
  probe(ms: number): Promise<boolean> {
    if (this.#closed) return Promise.resolve(false);
    return new Promise((resolve) => {
      const cancel = this.#options.clock.after(ms, () => this.destroy());
      const settle = (alive: boolean): void => {
        cancel();
        this.#probes.delete(settle);
        resolve(alive);
      };
      this.#probes.add(settle);
      this.#ping();
    });
  }

  bye(reason: number): void {
    if (this.#closed) return;
    if (this.#secured) {
      this.#gatherAcks();
      this.send(RECORD.bye, encodeBye(reason));
      this.#flush();
    }
    this.#options.connection.close();
    this.#finish();
  }

  destroy(): void {
    this.#options.connection.destroy();
    this.#finish();
  }

  /** Who does not take our answers is not asked for more. */
  #readOn(): void {
    const { connection } = this.#options;
    if (this.#holds === 0 && !this.#closed && connection.backlog < UNREAD_BYTES) connection.resume();
  }

  #receive(bytes: Uint8Array): void {
    if (this.#closed) return;
    this.#keepalive.heard();
    this.#guarded(() => this.#run(this.#options.link.receive(bytes)));
    for (const settle of [...this.#probes]) settle(true);
    this.debt.heard();
  }

  #run(events: ReturnType<Link['receive']>): void {
    for (const event of events) {
      if (this.#closed) return;
      if (event.kind === 'send') this.#options.connection.write(event.bytes);
      else if (event.kind === 'proven') this.listener.onProven?.();
      else if (event.kind === 'secured') {
        this.#secured = true;
        this.listener.onSecured(event.theirStatic);
      } else this.#record(event);
    }
  }

  #record(record: LinkRecord): void {
    this.debt.received(record);
    if (record.type === RECORD.ping) {
      // Who asks and does not read is not answered without end.
      if (this.backlog < PONG_BACKLOG_BYTES) this.send(RECORD.pong, parsePing(record.body).slice());
    } else if (record.type === RECORD.bye) {
      this.#farewell = parseBye(record.body);
      this.destroy();
    } else if (record.type !== RECORD.pong) this.listener.onRecord(record);
  }

  /** The one place where bad bytes from this connection are caught. */
  #guarded(action: () => void): void {
    try {
      action();
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      if (this.#secured) this.bye(BYE.protocolError);
      else this.destroy();
    }
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    // After every promise that this turn's commit has settled: their records share one flush.
    process.nextTick(() => {
      this.#scheduled = false;
      if (!this.#closed) this.#flush();
    });
  }

  #gatherAcks(): void {
    while (this.#acks.length > 0)
      this.#records.push({ type: RECORD.ack, body: encodeAck(this.#acks.splice(0, ACK_IDS)) });
  }

  #flush(): void {
    this.#gatherAcks();
    if (this.#records.length === 0) return;
    const records = this.#records;
    this.#records = [];
    this.#options.connection.write(this.#options.link.flush(records));
  }

  #ping(): void {
    this.send(RECORD.ping, this.#options.random(8));
  }

  #finish(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#cancelDeadline();
    this.#keepalive.stop();
    this.debt.close();
    this.#options.link.close();
    for (const settle of [...this.#probes]) settle(false);
    this.listener.onClosed();
  }
}
