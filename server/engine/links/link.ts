// One connection with its link: handshake, deadlines, keepalive, batching. Knows records, but neither contacts nor storage.
// What comes is read by `intake.ts`, in turns with other links.
//
//   called (responder) ──answer──▶ handshaking ──proven (initiator)──▶ held ──proceed──▶ secured ──greeted──▶ open ──▶ closed
//        └───────────────────── closed: bad bytes, deadline, silence, other side gone ──────▲
//
// Untrusted bytes end here: a ProtocolError from the link or from whoever reads a record closes the connection.
import type { StaticPublicKey } from '../../crypto/keys.ts';
import type { LinkEvent } from '../../protocol/link-protocol.ts';
import { ProtocolError } from '../../protocol/errors.ts';
import { CALL_DEADLINE_MS, HANDSHAKE_DEADLINE_MS } from '../../protocol/limits.ts';
import { BYE, encodeBye, parseBye, parsePing, RECORD, type LinkRecord } from '../../protocol/records.ts';
import { ResponseTimer } from './response-timer.ts';
import { Intake, type IntakeOptions } from './intake.ts';
import { Keepalive } from './keepalive.ts';
import { Outgoing } from './outgoing.ts';

/** Beyond this, a PING is not answered until the other side has read. */
const PONG_BACKLOG_BYTES = 64 * 1024;

export interface LinkListener {
  /** Responder only: message 1 is here, to be opened by `answer`, which happens at once where nobody listens. */
  onCalled?: () => void;
  /** Initiator only: the responder holds the static key we dialled. Nothing of ours is shown before `proceed`. */
  onProven?: () => void;
  onSecured: (theirStatic: StaticPublicKey) => void;
  onRecord: (record: LinkRecord) => void;
  /** What was written is with the network; there is room again. */
  onDrain?: () => void;
  /** Answers are owed for too long, or come again. */
  onSuspect?: (doubtful: boolean) => void;
  /** Exactly once, whoever ended it. */
  onClosed: () => void;
}

export interface LinkOptions extends IntakeOptions {
  readonly random: (length: number) => Uint8Array;
}

const deaf: LinkListener = {
  onSecured: () => undefined,
  onRecord: () => undefined,
  onClosed: () => undefined,
};

export class Link {
  listener: LinkListener = deaf;
  /** When the link was made, on the wall clock. */
  readonly since: number;
  readonly #options: LinkOptions;
  readonly #outgoing: Outgoing;
  #secured = false;
  #closed = false;
  #farewell: number | null = null;
  readonly #begun: number;
  #cancelDeadline: () => void = () => undefined;
  readonly #intake: Intake;
  readonly #keepalive: Keepalive;
  readonly #probes = new Set<(alive: boolean) => void>();
  readonly responseTimer: ResponseTimer;

  constructor(options: LinkOptions) {
    this.#options = options;
    this.responseTimer = new ResponseTimer(options.clock, (doubtful) => this.listener.onSuspect?.(doubtful));
    this.since = options.clock.now();
    this.#outgoing = new Outgoing((records) => this.#flush(records));
    const { clock } = options;
    this.#begun = clock.monotonic();
    this.#deadline(this.role === 'responder' ? CALL_DEADLINE_MS : HANDSHAKE_DEADLINE_MS);
    this.#keepalive = new Keepalive({ clock, role: this.role, ask: () => this.#ping(), onDead: () => this.destroy() });
    this.#intake = new Intake(options, {
      onEvent: (event) => this.#run(event),
      onHeard: () => this.#heard(),
      onError: () => this.#refuse(),
      onExcess: () => this.destroy(),
      owed: () => this.responseTimer.owed,
    });
    options.connection.onClose = () => this.#finish();
    options.connection.onDrain = () => {
      this.#intake.readOn();
      this.listener.onDrain?.();
    };
  }

  get role(): 'initiator' | 'responder' {
    return this.#options.protocol.role;
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
    return this.#options.protocol.handshakeHash;
  }

  get exportKey(): Uint8Array {
    return this.#options.protocol.exportKey;
  }

  start(): void {
    this.#options.protocol.start().forEach((event) => this.#run(event));
  }

  /** Responder, after `onCalled`. @returns whether message 1 was made for us: the other side knows our token. */
  answer(): boolean {
    if (this.#closed) return false;
    this.#guarded(() => this.#options.protocol.answer().forEach((event) => this.#run(event)));
    return !this.#closed;
  }

  /** Initiator, after `onProven`: shows who we are. */
  proceed(): void {
    if (!this.#closed) this.#options.protocol.proceed().forEach((event) => this.#run(event));
  }

  /** Both HELLOs are known: the deadline is off, the keepalive on. */
  greeted(): void {
    this.#cancelDeadline();
    if (!this.#closed) this.#keepalive.watch();
  }

  /** They are a contact of ours, we are one of theirs: what they send may be long, and much. */
  trust(): void {
    this.#intake.trust();
  }

  /**
   * Reads no further until `release` was called as often: what came is worked off first, so that nobody who sends without
   * end keeps others waiting.
   */
  hold(): void {
    this.#intake.hold();
  }

  release(): void {
    this.#intake.release();
  }

  /** Queues a record; everything queued in one turn leaves as one flush. */
  send(type: number, body: Uint8Array): void {
    if (this.#closed) return;
    this.responseTimer.sent(type);
    this.#outgoing.add({ type, body });
  }

  /** Queues an acknowledgement; those of one turn share records. */
  acknowledge(messageId: Uint8Array): void {
    if (this.#closed) return;
    this.#outgoing.acknowledge(messageId);
  }

  /** Is the other side there? Asks, and waits at most `ms` for any sign of life; otherwise the link is destroyed. */
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
      this.#outgoing.gather();
      this.send(RECORD.bye, encodeBye(reason));
      this.#outgoing.flush();
    }
    this.#options.connection.close();
    this.#finish();
  }

  destroy(): void {
    this.#options.connection.destroy();
    this.#finish();
  }

  #heard(): void {
    this.#keepalive.heard();
    for (const settle of [...this.#probes]) settle(true);
    this.responseTimer.heard();
  }

  #run(event: LinkEvent): void {
    if (this.#closed) return;
    if (event.kind === 'send') this.#options.connection.write(event.bytes);
    else if (event.kind === 'called') this.#called();
    else if (event.kind === 'proven') this.listener.onProven?.();
    else if (event.kind === 'secured') {
      this.#secured = true;
      this.listener.onSecured(event.theirStatic);
    } else if (event.kind === 'record') this.#record(event);
  }

  #called(): void {
    this.#deadline(HANDSHAKE_DEADLINE_MS);
    if (this.listener.onCalled) this.listener.onCalled();
    else this.answer();
  }

  /** @param ms from the beginning. */
  #deadline(ms: number): void {
    const { clock } = this.#options;
    this.#cancelDeadline();
    this.#cancelDeadline = clock.after(this.#begun + ms - clock.monotonic(), () => this.destroy());
  }

  #record(record: LinkRecord): void {
    this.responseTimer.received(record);
    if (record.type === RECORD.ping) {
      // Who asks and does not read is not answered without end.
      if (this.backlog < PONG_BACKLOG_BYTES) this.send(RECORD.pong, parsePing(record.body).slice());
    } else if (record.type === RECORD.bye) {
      this.#farewell = parseBye(record.body);
      this.destroy();
    } else if (record.type !== RECORD.pong) this.listener.onRecord(record);
  }

  /** Bad bytes end here, and with the intake's: nowhere else are they caught. */
  #guarded(action: () => void): void {
    try {
      action();
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.#refuse();
    }
  }

  #refuse(): void {
    if (this.#secured) this.bye(BYE.protocolError);
    else this.destroy();
  }

  #flush(records: readonly LinkRecord[]): void {
    if (!this.#closed) this.#options.connection.write(this.#options.protocol.flush(records));
  }

  #ping(): void {
    this.send(RECORD.ping, this.#options.random(8));
  }

  #finish(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#cancelDeadline();
    this.#intake.close();
    this.#keepalive.stop();
    this.responseTimer.close();
    this.#options.protocol.close();
    for (const settle of [...this.#probes]) settle(false);
    this.listener.onClosed();
  }
}
