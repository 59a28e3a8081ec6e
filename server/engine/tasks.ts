// Long work, one at a time, told in percents, and ended early when the profile is closed.
import { setFlagsFromString } from 'node:v8';
import { CommandError } from '../contract/errors.ts';
import type { Task } from '../contract/model.ts';
import type { EventLog } from './event-log.ts';

/**
 * How far the heap may grow between two collections, in percent; 0: as V8 sees fit, up to several times. Work that goes
 * through a whole history leaves some 2 KiB of garbage a message, which would stand until then.
 */
const GROWTH = { atWork: 10, else: 0 } as const;

export interface TaskControl {
  readonly signal: AbortSignal;
  /** @param share from 0 to 1. */
  readonly onProgress: (share: number) => void;
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
    this.#abort = new AbortController();
    this.#tell({ kind, percent: 0 });
    const onProgress = (share: number): void => {
      const percent = Math.floor(share * 100);
      if (this.#task && percent > this.#task.percent) this.#tell({ kind, percent });
    };
    letHeapGrow(GROWTH.atWork);
    const done = work({ signal: this.#abort.signal, onProgress }).finally(() => {
      letHeapGrow(GROWTH.else);
      this.#tell(null);
    });
    this.#over = done.catch(() => undefined);
    return done;
  }

  /** Ends what is under way; resolves when it is over. */
  async stop(): Promise<void> {
    this.#abort.abort(new CommandError('task-stopped', 'the profile was closed'));
    await this.#over;
  }

  #tell(task: Task | null): void {
    this.#task = task;
    this.#events.emit('task.changed', { task });
  }
}

function letHeapGrow(percent: number): void {
  setFlagsFromString(`--heap-growing-percent=${percent}`);
}
