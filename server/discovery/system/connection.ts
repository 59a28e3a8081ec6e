// The connection to the system's responder, by a process that may end and a service that may not be there.
//
//   closed ──open──▶ silent ───────it answers─────▶ up
//                    │    ▲                         │
//                    │    └───── either ended ──────┘      silent: tried again every few seconds
//                    └──▶ without                          there is no library: stays so
import type { TimerClock } from '../../timing/timer-group.ts';
import { FAREWELL_TIMEOUT } from '../mdns/limits.ts';
import type { Child, Spawn } from './child.ts';
import { HANGING, RETRY_INTERVAL } from './limits.ts';
import { PROCESS_ID } from './child-protocol.ts';
import type { Report } from './child-protocol.ts';
import { Responder, readReport } from './responder.ts';

export interface ConnectionEvents {
  /** It is there. */
  onUp(responder: Responder): void;
  /** It was up, and is not any more. */
  onLost(): void;
  /** An attempt came to its end, whichever. */
  onSettled(): void;
}

interface Attempt {
  readonly child: Child;
  readonly responder: Responder;
  /** The process is there. */
  ready: boolean;
}

type State =
  | { readonly kind: 'closed' }
  | { readonly kind: 'without'; readonly installed: boolean }
  /** `trying`: no answer yet. */
  | { readonly kind: 'silent'; readonly attempt: Attempt | null; readonly trying: boolean; readonly triedAt: number }
  | { readonly kind: 'up'; readonly attempt: Attempt };

export class Connection {
  readonly #clock: TimerClock;
  readonly #spawn: Spawn;
  readonly #events: ConnectionEvents;
  #state: State = { kind: 'closed' };

  constructor(clock: TimerClock, spawn: Spawn, events: ConnectionEvents) {
    this.#clock = clock;
    this.#spawn = spawn;
    this.#events = events;
  }

  get state(): State {
    return this.#state;
  }

  get responder(): Responder | null {
    return this.#state.kind === 'up' ? this.#state.attempt.responder : null;
  }

  open(): void {
    const responder: Responder = new Responder({ order: (order) => child.order(order) });
    const child = this.#spawn({
      onReport: (value) => {
        const report = readReport(value);
        if (report && this.#attempt === attempt) this.#reported(attempt, report);
      },
      onEnd: () => {
        if (this.#attempt === attempt) this.#lose(null);
      },
    });
    const attempt: Attempt = { child, responder, ready: false };
    this.#try(attempt);
  }

  /** Called every few seconds. */
  tick(): void {
    if (this.#state.kind !== 'silent') return;
    const { attempt, trying, triedAt } = this.#state;
    const since = Math.abs(this.#clock.now() - triedAt);
    if (since < (trying ? HANGING : RETRY_INTERVAL)) return;
    if (attempt && !trying) this.#browse(attempt);
    else {
      attempt?.child.kill();
      this.open();
    }
  }

  /** Something that only a lost responder does not do. */
  fail(): void {
    if (this.#state.kind === 'up') this.#end(this.#state.attempt);
  }

  /** Lets go of it; the responder takes leave of what was said by it. */
  async close(): Promise<void> {
    const attempt = this.#attempt;
    this.#state = { kind: 'closed' };
    if (!attempt) return;
    const cancel = this.#clock.after(FAREWELL_TIMEOUT, () => attempt.child.kill());
    await attempt.child.release();
    cancel();
  }

  get #attempt(): Attempt | null {
    return this.#state.kind === 'silent' || this.#state.kind === 'up' ? this.#state.attempt : null;
  }

  #try(attempt: Attempt): void {
    this.#state = { kind: 'silent', attempt, trying: true, triedAt: this.#clock.now() };
  }

  #reported(attempt: Attempt, report: Report): void {
    if (report.id !== PROCESS_ID) attempt.responder.report(report);
    else if (report.kind === 'ready' && !attempt.ready) {
      attempt.ready = true;
      this.#browse(attempt);
    } else if (report.kind === 'without') {
      this.#state = { kind: 'without', installed: report.data.installed === true };
      void attempt.child.release();
      this.#events.onSettled();
    }
  }

  #browse(attempt: Attempt): void {
    this.#try(attempt);
    const operation = attempt.responder.begin({ kind: 'browse', scope: null }, (kind) => {
      if (kind === 'begun') this.#came(attempt);
      if (kind !== 'failed') return;
      if (this.#state.kind === 'up') this.#end(attempt);
      else {
        operation.stop();
        this.#lose(attempt);
      }
    });
  }

  #came(attempt: Attempt): void {
    this.#state = { kind: 'up', attempt };
    this.#events.onUp(attempt.responder);
    this.#events.onSettled();
  }

  /** What it holds of a responder that went is of no use, and may be its end. */
  #end(attempt: Attempt): void {
    this.#lose(null);
    attempt.child.kill();
  }

  /** @param attempt what is left of it: the process. */
  #lose(attempt: Attempt | null): void {
    const wasUp = this.#state.kind === 'up';
    this.#state = { kind: 'silent', attempt, trying: false, triedAt: this.#clock.now() };
    if (wasUp) this.#events.onLost();
    this.#events.onSettled();
  }
}
