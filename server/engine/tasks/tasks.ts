// Long work, one at a time, told in percents, and ended early when the profile is closed.
//
//   idle ──run──▶ working ──over──▶ idle
//                    └──stop──▶ ending ──over──▶ idle      whoever waits is answered at once: task-stopped
//
// What is ending may still wait for a disk: it holds up other tasks, and nothing else.
import { setFlagsFromString } from 'node:v8';
import { namedFiles, type NamedFiles } from '../../backup/files.ts';
import { CommandError } from '../../contract/errors.ts';
import type { Task } from '../../contract/model.ts';
import { deferred } from '../../timing/deferred.ts';
import type { EventLog } from '../event-log.ts';

/**
 * How far the heap may grow between two collections, in percent; 0: as V8 sees fit, up to several times. Work that goes
 * through a whole history leaves some 2 KiB of garbage a message, which would stand until then.
 */
const GROWTH = { atWork: 10, else: 0 } as const;

/** How long closing waits for what is ending: files are put away in less. */
const ENDING_MS = 2_000;

export interface TaskControl {
  readonly signal: AbortSignal;
  /** @param share from 0 to 1. */
  readonly onProgress: (share: number) => void;
  /** For places that a person has named: put away when the task is over. */
  readonly files: NamedFiles;
}

export class Tasks {
  readonly #events: EventLog;
  #task: Task | null = null;
  #abort = new AbortController();
  #over: Promise<unknown> = Promise.resolve();

  constructor(events: EventLog) {
    this.#events = events;
  }

  get current(): Task | null {
    return this.#task;
  }

  /** @throws CommandError task-running, task-stopped; what `work` throws. */
  run<T>(kind: Task['kind'], work: (control: TaskControl) => Promise<T>): Promise<T> {
    if (this.#task) throw new CommandError('task-running', `another task is under way: ${this.#task.kind}`);
    const { signal } = (this.#abort = new AbortController());
    this.#tell({ kind, percent: 0 });
    const onProgress = (share: number): void => {
      const percent = Math.floor(share * 100);
      if (this.#task && percent > this.#task.percent && !signal.aborted) this.#tell({ kind, percent });
    };
    letHeapGrow(GROWTH.atWork);
    const files = namedFiles(signal);
    const done = work({ signal, onProgress, files }).finally(async () => {
      await files.end();
      letHeapGrow(GROWTH.else);
      this.#tell(null);
    });
    this.#over = done.catch(() => undefined);
    return unlessAborted(done, signal);
  }

  /** Ends what is under way: it touches the profile no more. */
  abort(): void {
    this.#abort.abort(new CommandError('task-stopped', 'the profile was closed'));
  }

  /** Ends what is under way; resolves when it is over, or after a bounded time. */
  async stop(): Promise<void> {
    this.abort();
    const late = deferred<null>();
    const timer = setTimeout(() => late.resolve(null), ENDING_MS);
    await Promise.race([this.#over, late.promise]);
    clearTimeout(timer);
  }

  #tell(task: Task | null): void {
    this.#task = task;
    this.#events.emit('task.changed', { task });
  }
}

/** The result of `done`, or the reason of `signal` at once: what comes of work that was ended is nobody's any more. */
async function unlessAborted<T>(done: Promise<T>, signal: AbortSignal): Promise<T> {
  const aborted = deferred<never>();
  const abort = (): void => aborted.reject(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([done, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', abort);
    done.catch(() => undefined);
  }
}

function letHeapGrow(percent: number): void {
  setFlagsFromString(`--heap-growing-percent=${percent}`);
}
