// One connection with its link: handshake, deadlines, keepalive, batching. Knows records, but neither contacts nor storage.
// What comes is read by `intake.ts`, in turns with other links.
//
//   called (responder) ──answer──▶ handshaking ──proven (initiator)──▶ held ──proceed──▶ secured ──greeted──▶ open ──▶ closed
//        └───────────────────── closed: bad bytes, deadline, silence, other side gone ──────▲
//
// Untrusted bytes end here: a ProtocolError from the link or from whoever reads a record closes the connection. Who
// hears what happens here is said by the phase (`link-phase.ts`).
import type { LinkEvent } from '../../protocol/link-protocol.ts';
import type { LinkPurpose } from '../../protocol/preamble.ts';
import { ProtocolError } from '../../protocol/errors.ts';
import { CALL_DEADLINE_MS, HANDSHAKE_DEADLINE_MS } from '../../protocol/limits.ts';
import { BYE, encodeBye, parseBye, parsePing, RECORD, type LinkRecord } from '../../protocol/records.ts';
import { Deadline } from './deadline.ts';
import { ResponseTimer } from './response-timer.ts';
import { Intake, type IntakeOptions } from './flow/intake.ts';
import { Keepalive } from './keepalive.ts';
import {
  mayFollow,
  weightIn,
  type ActivePhase,
  type GreetingPhase,
  type LinkPhase,
  type ProvingPhase,
} from './link-phase.ts';
import { Outgoing } from './flow/outgoing.ts';

/** Beyond this, a PING is not answered until the other side has read. */
const PONG_BACKLOG_BYTES = 64 * 1024;

export interface LinkOptions extends IntakeOptions {
  readonly random: (length: number) => Uint8Array;
}

/** How far a link is: a BYE can be said on one that is secured. */
type Stage = 'handshaking' | 'secured' | 'closed';

export class Link {
  /** When the link was made, on the wall clock. */
  readonly since: number;
  readonly #options: LinkOptions;
  readonly #outgoing: Outgoing;
  #phase: LinkPhase | null = null;
  #stage: Stage = 'handshaking';
  #farewell: number | null = null;
  readonly #deadline: Deadline;
  readonly #intake: Intake;
  readonly #keepalive: Keepalive;
  readonly #ended = new Set<() => void>();
  readonly responseTimer: ResponseTimer;

  constructor(options: LinkOptions) {
    this.#options = options;
    this.responseTimer = new ResponseTimer(options.clock, (suspect) => this.#active?.onSuspect(suspect));
    this.since = options.clock.now();
    this.#outgoing = new Outgoing({
      write: (records) => this.#flush(records),
      backlog: () => this.backlog,
      onRoom: () => this.#active?.onDrain(),
    });
    const { clock } = options;
    this.#deadline = new Deadline(clock, () => this.destroy());
    this.#deadline.set(this.role === 'responder' ? CALL_DEADLINE_MS : HANDSHAKE_DEADLINE_MS);
    this.#keepalive = new Keepalive({ clock, role: this.role, ask: () => this.#ping(), onDead: () => this.destroy() });
    this.#intake = new Intake(options, {
      onEvent: (event) => this.#run(event),
      onHeard: () => this.#heard(),
      onError: () => this.#refuse(),
      onExcess: () => this.destroy(),
      weigh: (record) => weightIn(this.#phase, record, this.responseTimer.owed),
    });
    options.connection.onClose = () => this.#finish();
    options.connection.onDrain = () => {
      this.#intake.readOn();
      this.#outgoing.flush();
      if (this.#phase && 'onDrain' in this.#phase) this.#phase.onDrain();
    };
  }

  /** Of one that was accepted: known once it is secured. */
  get purpose(): LinkPurpose {
    return this.#options.protocol.purpose;
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
    return this.#stage === 'closed';
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

  /** The one it belongs to now; null: not started. */
  get phase(): LinkPhase | null {
    return this.#phase;
  }

  start(first: ProvingPhase | GreetingPhase): void {
    this.handOver(first);
    this.#options.protocol.start().forEach((event) => this.#run(event));
  }

  /** What happens from now on is heard by the owner of this phase alone. @throws Error when it cannot follow the one before. */
  handOver(phase: LinkPhase): void {
    if (!mayFollow(this.#phase, phase))
      throw new Error(`${phase.kind} does not follow ${this.#phase?.kind ?? 'nothing'}`);
    this.#phase = phase;
  }

  /** For whoever is busy with a link that is another's: called once when it is closed, after its owner. */
  onceClosed(action: () => void): void {
    this.#ended.add(action);
  }

  /** Responder, after `onCalled`. @returns whether message 1 was made for us: the other side knows our token. */
  answer(): boolean {
    if (this.closed) return false;
    this.#guarded(() => this.#options.protocol.answer().forEach((event) => this.#run(event)));
    return !this.closed;
  }

  /** Initiator, after `onProven`: shows who we are. */
  proceed(): void {
    if (!this.closed) this.#options.protocol.proceed().forEach((event) => this.#run(event));
  }

  /** Both HELLOs are known: the deadline is off, the keepalive on. */
  greeted(): void {
    this.#deadline.clear();
    if (!this.closed) this.#keepalive.watch();
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
    if (this.closed) return;
    this.responseTimer.sent(type);
    this.#outgoing.add({ type, body });
  }

  /**
   * Queues a record that everything else may overtake; its like keep their order.
   * @returns false when there is no room: `onDrain` of the active phase says when to try again.
   * @throws Error on more than 64 KiB, header included.
   */
  sendBulk(type: number, body: Uint8Array): boolean {
    return !this.closed && this.#outgoing.addBulk({ type, body });
  }

  /** Queues an acknowledgement; those of one turn share records. */
  acknowledge(messageId: Uint8Array): void {
    if (this.closed) return;
    this.#outgoing.acknowledge(messageId);
  }

  /** Is the other side there? Asks, and waits at most `ms` for any sign of life; otherwise the link is destroyed. */
  probe(ms: number): Promise<boolean> {
    return this.closed ? Promise.resolve(false) : this.#keepalive.probe(ms);
  }

  bye(reason: number): void {
    if (this.closed) return;
    if (this.#stage === 'secured') this.#outgoing.end({ type: RECORD.bye, body: encodeBye(reason) });
    this.#options.connection.close();
    this.#finish();
  }

  destroy(): void {
    this.#options.connection.destroy();
    this.#finish();
  }

  #heard(): void {
    this.#keepalive.heard();
    this.responseTimer.heard();
  }

  #run(event: LinkEvent): void {
    if (this.closed) return;
    if (event.kind === 'send') this.#options.connection.write(event.bytes);
    else if (event.kind === 'called') this.#called();
    else if (event.kind === 'proven') {
      if (this.#phase?.kind === 'proving') this.#phase.onProven();
    } else if (event.kind === 'secured') {
      this.#stage = 'secured';
      if (this.#phase?.kind === 'greeting') this.#phase.onSecured(event.theirStatic);
    } else if (event.kind === 'record') this.#record(event);
  }

  get #active(): ActivePhase | null {
    return this.#phase?.kind === 'active' ? this.#phase : null;
  }

  #called(): void {
    this.#deadline.set(HANDSHAKE_DEADLINE_MS);
    if (this.#phase?.kind === 'greeting' && this.#phase.onCalled) this.#phase.onCalled();
    else this.answer();
  }

  #record(record: LinkRecord): void {
    this.responseTimer.received(record);
    if (record.type === RECORD.ack) this.#active?.onAcknowledged();
    if (record.type === RECORD.ping) {
      // Who asks and does not read is not answered without end.
      if (this.backlog < PONG_BACKLOG_BYTES) this.send(RECORD.pong, parsePing(record.body).slice());
    } else if (record.type === RECORD.bye) {
      this.#farewell = parseBye(record.body);
      this.destroy();
    } else if (record.type !== RECORD.pong && this.#phase && 'onRecord' in this.#phase) this.#phase.onRecord(record);
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
    if (this.#stage === 'secured') this.bye(BYE.protocolError);
    else this.destroy();
  }

  #flush(records: readonly LinkRecord[]): void {
    if (!this.closed) this.#options.connection.write(this.#options.protocol.flush(records));
  }

  #ping(): void {
    this.send(RECORD.ping, this.#options.random(8));
  }

  #finish(): void {
    if (this.closed) return;
    this.#stage = 'closed';
    this.#deadline.clear();
    this.#intake.close();
    this.#keepalive.stop();
    this.responseTimer.close();
    this.#options.protocol.close();
    this.#phase?.onClosed();
    for (const action of this.#ended) action();
  }
}
