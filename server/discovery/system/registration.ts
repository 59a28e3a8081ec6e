// One name of ours on one adapter, said by the system's responder: it probes, announces, defends and takes leave. The
// host behind the name is the machine's own, as the responder has addresses for no other.
import type { TimerGroup } from '../../timing/timer-group.ts';
import type { Adapter } from '../../network/adapters.ts';
import { ANNOUNCE_INTERVAL } from '../mdns/limits.ts';
import type { Announced, AnnouncementEvents } from '../mdns/medium.ts';
import type { OwnService } from '../mdns/dns/own-records.ts';
import { writeStrings } from './parse-reports.ts';
import type { ReportKind } from './child-protocol.ts';
import type { Operation, Responder } from './responder.ts';

export interface RegistrationOptions extends AnnouncementEvents {
  /** Null: it was lost in this moment, so nothing is said. */
  readonly responder: Responder | null;
  readonly timers: TimerGroup;
  /** The responder does not do its work. */
  readonly onFailure: () => void;
}

type State =
  | { readonly kind: 'new' | 'ended' }
  | { readonly kind: 'registering'; readonly operation: Operation }
  | { readonly kind: 'registered'; readonly operation: Operation; readonly cancel: () => void };

export class Registration implements Announced {
  readonly label: string;
  /** We do not hear our own questions. */
  readonly pointer = null;
  readonly #options: RegistrationOptions;
  readonly #scope: string;
  readonly #port: number;
  #text: string;
  /** What the responder says. */
  #said = '';
  #state: State = { kind: 'new' };

  constructor({ label, port, text }: OwnService, { scope }: Adapter, options: RegistrationOptions) {
    this.label = label;
    this.#port = port;
    this.#scope = scope;
    this.#text = writeStrings(text);
    this.#options = options;
  }

  start(): void {
    const [label, port, scope, text] = [this.label, this.#port, this.#scope, this.#text];
    const operation = this.#options.responder?.begin({ kind: 'register', label, port, scope, text }, (kind, { name }) =>
      this.#reported(kind, name),
    );
    this.#said = text;
    if (operation) this.#state = { kind: 'registering', operation };
  }

  renewText(text: readonly Buffer[]): void {
    this.#text = writeStrings(text);
    // Before it is up it cannot be changed; then it is.
    if (this.#state.kind === 'registered') this.#update(this.#state.operation);
  }

  repeat(): void {
    // The responder knows that the machine slept.
  }

  receive(): void {
    // The responder answers.
  }

  defend(): boolean {
    // The responder gave it up, or goes by another.
    return false;
  }

  withdraw(): void {
    const state = this.#state;
    this.#state = { kind: 'ended' };
    if (state.kind === 'registered') state.cancel();
    if (state.kind === 'registered' || state.kind === 'registering') state.operation.stop();
  }

  drop(): void {
    this.withdraw();
  }

  #reported(kind: ReportKind, name: unknown): void {
    const state = this.#state;
    // Avahi picks another name by itself, which contacts couldn't recognise: it has to be one of ours.
    if (kind === 'conflict' || (kind === 'registered' && name !== this.label)) this.#options.onConflict();
    else if (kind === 'failed') this.#options.onFailure();
    else if (kind === 'registered' && state.kind === 'registering') this.#registered(state.operation);
  }

  #registered(operation: Operation): void {
    const { timers, onEstablished } = this.#options;
    // By then it was said for the second time (RFC 6762 §8.3).
    const cancel = timers.after(ANNOUNCE_INTERVAL, onEstablished);
    this.#state = { kind: 'registered', operation, cancel };
    this.#update(operation);
  }

  #update(operation: Operation): void {
    if (this.#said === this.#text) return;
    this.#said = this.#text;
    operation.update(this.#text);
  }
}
