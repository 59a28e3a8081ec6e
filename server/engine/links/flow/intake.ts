// The reading side of a link: takes bytes from the connection to the link and gives out what they come to, in turns with
// all other links and within what the other side may ask for. What it cannot go on with stays with the sender.
//
//   connection ─bytes─▶ link ─▶ waits for its turn ─▶ event after event ─▶ read on
//                                 └── held, over the rate, our answers unread: nothing is read
import { ProtocolError } from '../../../protocol/errors.ts';
import type { LinkProtocol, LinkEvent } from '../../../protocol/link-protocol.ts';
import type { LinkRecord } from '../../../protocol/records.ts';
import type { Connection } from '../../../transport/transport.ts';
import { Allowance } from './allowance.ts';
import { costOf } from './record-weight.ts';
import type { Clock } from '../../../timing/clock.ts';
import type { TurnScheduler, Worker } from './turn-scheduler.ts';

/** Beyond this, what the other side has not read of ours keeps us from reading on. */
const BACKLOG_BYTES = 1024 * 1024;

/** What a step of the handshake costs, in records: keys are agreed upon. */
const HANDSHAKE_COST = 16;

export interface IntakeOptions {
  readonly connection: Connection;
  readonly protocol: LinkProtocol;
  readonly clock: Clock;
  readonly scheduler: TurnScheduler;
}

export interface IntakeListener {
  onEvent: (event: LinkEvent) => void;
  /** Something was read, and worked off. */
  onHeard: () => void;
  /** Bad bytes. */
  onError: (error: ProtocolError) => void;
  /** More than somebody may send whose link is not a contact's. */
  onExcess: () => void;
  /** What a record that is about to be worked off counts towards the rate. */
  weigh: (record: LinkRecord) => number;
}

export class Intake implements Worker {
  readonly #options: IntakeOptions;
  readonly #listener: IntakeListener;
  readonly #allowance: Allowance;
  #waiting = false;
  #holds = 0;
  #closed = false;
  /** Ends the time of making up for what came over the rate. */
  #cancelPause: (() => void) | null = null;

  constructor(options: IntakeOptions, listener: IntakeListener) {
    this.#options = options;
    this.#listener = listener;
    this.#allowance = new Allowance(options.clock.monotonic());
    options.connection.onData = (bytes) => this.#take(bytes);
  }

  get busy(): boolean {
    return this.#waiting && !this.#closed && this.#cancelPause === null;
  }

  /** The link is a contact's. */
  trust(): void {
    this.#allowance.trust();
    this.#options.protocol.trust();
  }

  /** Reads no further until `release` was called as often. What was read already is worked off. */
  hold(): void {
    this.#holds += 1;
    if (this.#holds === 1) this.#options.connection.pause();
  }

  release(): void {
    this.#holds -= 1;
    this.readOn();
  }

  /** Nothing stands against reading. */
  get #open(): boolean {
    return this.#holds === 0 && !this.#waiting && this.#cancelPause === null && !this.#closed;
  }

  /** If nothing stands against it. Who does not take our answers is not asked for more. */
  readOn(): void {
    const { connection } = this.#options;
    if (this.#open && connection.backlog < BACKLOG_BYTES) connection.resume();
  }

  close(): void {
    this.#closed = true;
    this.#cancelPause?.();
    this.#options.scheduler.remove(this);
  }

  work(most: number): number {
    let cost = 0;
    while (this.busy && cost < most) {
      const event = this.#next();
      if (event) cost += this.#handle(event);
      else this.#waiting = false;
    }
    if (!this.#closed) this.#listener.onHeard();
    this.readOn();
    return Math.max(1, cost);
  }

  #take(bytes: Uint8Array): void {
    if (this.#closed) return;
    this.#options.protocol.feed(bytes);
    this.#waiting = true;
    this.#options.scheduler.add(this);
    if (!this.#open) this.#options.connection.pause();
  }

  #next(): LinkEvent | null {
    return this.#guarded(() => this.#options.protocol.next());
  }

  /** @returns its cost. */
  #handle(event: LinkEvent): number {
    const { clock, protocol } = this.#options;
    const counts = event.kind === 'record' || event.kind === 'idle';
    if (counts && !this.#allowance.count()) this.#listener.onExcess();
    if (this.#closed) return 1;
    const record = event.kind === 'record' ? event : null;
    const weight = record ? this.#listener.weigh(record) : 1;
    this.#guarded(() => this.#listener.onEvent(event));
    if (!counts) return HANDSHAKE_COST;
    if (!this.#allowance.holds(protocol.bytesRead)) this.#listener.onExcess();
    const pause = this.#allowance.charge(weight, clock.monotonic());
    if (pause > 0) this.#pause(pause);
    return record ? costOf(record) : 1;
  }

  #pause(ms: number): void {
    if (this.#closed) return;
    this.#cancelPause = this.#options.clock.after(ms, () => {
      this.#cancelPause = null;
      if (this.busy) this.#options.scheduler.add(this);
      else this.readOn();
    });
  }

  #guarded<T>(action: () => T): T | null {
    try {
      return action();
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.#listener.onError(error);
      return null;
    }
  }
}
