// From start to end of the daemon's process: what asks it to stop, how long that may take, and what a bug does.
import { basename } from 'node:path';
import { isatty } from 'node:tty';

/** Signals promise an end within 3 s; this leaves the process some of that to be gone. */
const STOP_DEADLINE_MS = 2_500;
/** Under `npm start` one Ctrl-C comes twice within some ms: from the terminal, and passed on by npm. */
const SAME_KEYPRESS_MS = 150;
/** Calls of files and names, as `process.getActiveResourcesInfo` calls them. */
const HELD_BY_A_THREAD = /^(?:FSReq|FileHandle|Get(?:Addr|Name)Info)/;

type StopSignal = 'SIGINT' | 'SIGTERM' | 'SIGHUP';

/**
 * What asks this process to stop. A terminal that closes does, unless the process has nothing to do with one: then it was
 * started to go on, as by nohup. (That SIGHUP was ignored at the start cannot be seen: Node resets it before any script.)
 */
export function stopSignals(): readonly StopSignal[] {
  return outlivesTerminal(process.platform, isatty) ? ['SIGINT', 'SIGTERM'] : ['SIGINT', 'SIGTERM', 'SIGHUP'];
}

/** @param isTerminal whether a file descriptor is a terminal. */
export function outlivesTerminal(platform: NodeJS.Platform, isTerminal: (fd: number) => boolean): boolean {
  // Only the nohup of GNU and of busybox takes stdin away from the terminal as well (POSIX leaves it).
  const stdin = platform === 'linux' && isTerminal(0);
  return !stdin && !isTerminal(1) && !isTerminal(2);
}

export class Lifetime {
  /** Resolves when the process is asked to stop. */
  readonly stopRequested: Promise<void>;
  #resolve: () => void = () => undefined;
  #stoppingSince: number | null = null;

  constructor() {
    this.stopRequested = new Promise((resolve) => {
      this.#resolve = resolve;
    });
    for (const signal of stopSignals()) {
      process.on(signal, () => {
        // The second Ctrl-C of someone who does not want to wait.
        if (signal === 'SIGINT' && this.#stoppingFor() > SAME_KEYPRESS_MS) endNow(1);
        this.requestStop();
      });
    }
  }

  get stopping(): boolean {
    return this.#stoppingSince !== null;
  }

  /** Whatever hangs while stopping, the process ends: all that was acknowledged is on disk already. */
  requestStop(): void {
    if (this.stopping) return;
    this.#stoppingSince = performance.now();
    setTimeout(() => endNow(0), STOP_DEADLINE_MS).unref();
    this.#resolve();
  }

  #stoppingFor(): number {
    return this.#stoppingSince === null ? 0 : performance.now() - this.#stoppingSince;
  }
}

/**
 * Ends the process, whatever it waits for. Where a file call hangs in the kernel, `process.exit` would wait for its thread
 * for ever: then the exit listeners run, and the process is killed.
 */
function endNow(code: number): never {
  if (process.getActiveResourcesInfo().some((kind) => HELD_BY_A_THREAD.test(kind))) {
    process.emit('exit', code);
    process.kill(process.pid, 'SIGKILL');
  }
  process.exit(code);
}

/** A bug ends the process, at once and with one line: where it was, and nothing a person wrote or owns. */
export function endByBug(error: unknown): never {
  process.stderr.write(`error: a bug in Loom ended it: ${whereabouts(error)}\n`);
  return endNow(1);
}

export function endOnBugs(): void {
  process.on('uncaughtException', endByBug);
  process.on('unhandledRejection', endByBug);
}

/** Kind and place of an error. Its message stays out: it may quote a name, a text or a path. */
export function whereabouts(error: unknown): string {
  if (!(error instanceof Error)) return `${typeof error} thrown`;
  const code = 'code' in error && /^[A-Z_0-9]{1,40}$/.test(String(error.code)) ? ` ${String(error.code)}` : '';
  const { stack = '', message } = error;
  // The stack opens with the message, which could look like a line of it.
  const at = stack.indexOf(message);
  const lines = at < 0 ? '' : stack.slice(at + message.length);
  const places = [...lines.matchAll(/^\s+at (?:(?:async )?([\w.#<>$ ]+) \()?(.+?):(\d+):(\d+)\)?$/gm)]
    .slice(0, 4)
    .map(([, name = '', file = '', line = '', column = '']) => `${name}@${basename(file)}:${line}:${column}`);
  return [`${error.constructor.name}${code}`, ...places].join(' < ');
}
