// From start to end of the daemon's process: what asks it to stop, how long that may take, and what a bug does.
import { basename } from 'node:path';

/** Signals promise an end within 3 s; this leaves the process some of that to be gone. */
const STOP_DEADLINE_MS = 2_500;
const STOP_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export class Lifetime {
  /** Resolves when the process is asked to stop. */
  readonly stopRequested: Promise<void>;
  #resolve: () => void = () => undefined;
  #stopping = false;

  constructor() {
    this.stopRequested = new Promise((resolve) => {
      this.#resolve = resolve;
    });
    for (const signal of STOP_SIGNALS) {
      process.on(signal, () => {
        // The second Ctrl-C of someone who does not want to wait.
        if (this.#stopping && signal === 'SIGINT') process.exit(1);
        this.requestStop();
      });
    }
  }

  get stopping(): boolean {
    return this.#stopping;
  }

  /** Whatever hangs while stopping, the process ends: all that was acknowledged is on disk already. */
  requestStop(): void {
    if (this.#stopping) return;
    this.#stopping = true;
    setTimeout(() => process.exit(0), STOP_DEADLINE_MS).unref();
    this.#resolve();
  }
}

/** A bug ends the process, at once and with one line: where it was, and nothing a person wrote or owns. */
export function endByBug(error: unknown): never {
  process.stderr.write(`error: a bug in Loom ended it: ${whereabouts(error)}\n`);
  process.exit(1);
}

export function endOnBugs(): void {
  process.on('uncaughtException', endByBug);
  process.on('unhandledRejection', endByBug);
}

/** Kind and place of an error. Its message stays out: it may quote a name, a text or a path. */
export function whereabouts(error: unknown): string {
  if (!(error instanceof Error)) return `${typeof error} thrown`;
  const code = 'code' in error && /^[A-Z_0-9]{1,40}$/.test(String(error.code)) ? ` ${String(error.code)}` : '';
  const places = [...(error.stack ?? '').matchAll(/^\s+at (?:(?:async )?([\w.#<>$ ]+) \()?(.+?):(\d+):(\d+)\)?$/gm)]
    .slice(0, 4)
    .map(([, name = '', file = '', line = '', column = '']) => `${name}@${basename(file)}:${line}:${column}`);
  return [`${error.constructor.name}${code}`, ...places].join(' < ');
}
