// Files and folders that a person has named: a backup, a folder for backups, a database to import. They may lie on a share
// that is gone or a disk that hangs, so file-process.js touches them, and nothing here waits for it longer than a deadline.
//
//   ask ─▶ answered in time ─▶ value, or CommandError file-…
//    ├──── no answer ────────▶ file-silent, for this and all that is asked afterwards; the process is left behind
//    └──── signal aborted ───▶ its reason, at once, for this and all that is asked afterwards
import { fork, type ChildProcess } from 'node:child_process';
import { isAbsolute } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CommandError, type ErrorCode } from '../contract/errors.ts';
import { ANSWER_MS, FAREWELL_MS } from './limits.ts';

/** A file that is being read, or one that is being made and has no name of its own yet. */
export type FileNumber = number;

export interface OpenedFile {
  readonly file: FileNumber;
  /** Bytes. */
  readonly size: number;
}

/** All that is done to named places; file-process.js does it. All throw CommandError file-…. */
interface Works {
  /** A regular file, from its beginning; anything else is refused. */
  openToRead(path: string): OpenedFile;
  /** The next `length` bytes; fewer at the end. */
  read(file: FileNumber, length: number): Uint8Array;
  /** 0600. Gone again when it is closed, or when the work ends, before it was given its name. */
  create(path: string): FileNumber;
  write(file: FileNumber, bytes: Uint8Array): void;
  /** Through to the disk. */
  sync(file: FileNumber): void;
  /** Closes a finished file and gives it its name, unless something has that: file-exists. */
  giveName(file: FileNumber, to: string): void;
  close(file: FileNumber): void;
  /** In bytes; 0 when it is not there. */
  size(path: string): number;
  /** One folder, 0700, in one that is there. Nothing happens where there is something of that name. */
  makeFolder(folder: string): void;
  /** Names. */
  list(folder: string): string[];
  /** Also when it is not there. */
  remove(path: string): void;
}

export type Files = {
  readonly [W in keyof Works]: (...args: Parameters<Works[W]>) => Promise<ReturnType<Works[W]>>;
};

export interface NamedFiles extends Files {
  /** Of the process that touches them; null: nothing was asked yet. */
  readonly pid: number | null;
  /** When the work is over, however it ended. What is not whole goes. Takes a bounded time. */
  end(): Promise<void>;
}

interface Waiting {
  readonly resolve: (value: never) => void;
  readonly reject: (error: unknown) => void;
  readonly timer: NodeJS.Timeout;
}

interface Answer {
  readonly id: number;
  readonly value?: unknown;
  readonly error?: { readonly code: string; readonly system: boolean };
}

/** @throws CommandError path-invalid. */
export function requirePath(path: string): string {
  if (isAbsolute(path) && !path.includes('\0')) return path;
  throw new CommandError('path-invalid', 'a path begins at the top');
}

/** @param answerMs how long an answer may take. */
export function namedFiles(signal: AbortSignal, answerMs = ANSWER_MS): NamedFiles {
  const keeper = new Keeper(signal, answerMs);
  const work =
    <W extends keyof Works>(name: W) =>
    (...args: Parameters<Works[W]>): Promise<ReturnType<Works[W]>> =>
      keeper.ask(name, args);
  return {
    openToRead: work('openToRead'),
    read: work('read'),
    create: work('create'),
    write: work('write'),
    sync: work('sync'),
    giveName: work('giveName'),
    close: work('close'),
    size: work('size'),
    makeFolder: work('makeFolder'),
    list: work('list'),
    remove: work('remove'),
    get pid() {
      return keeper.pid;
    },
    end: () => keeper.end(),
  };
}

class Keeper {
  readonly #signal: AbortSignal;
  readonly #answerMs: number;
  readonly #waiting = new Map<number, Waiting>();
  readonly #abort = (): void => this.#fail(this.#signal.reason);
  #child: ChildProcess | null = null;
  /** Why nothing is answered any more. */
  #failure: { readonly reason: unknown } | null = null;
  #last = 0;

  constructor(signal: AbortSignal, answerMs: number) {
    this.#signal = signal;
    this.#answerMs = answerMs;
  }

  get pid(): number | null {
    return this.#child?.pid ?? null;
  }

  ask<T>(work: keyof Works, args: readonly unknown[]): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#signal.throwIfAborted();
      if (this.#failure) throw this.#failure.reason;
      const child = (this.#child ??= this.#start());
      this.#last += 1;
      const id = this.#last;
      const timer = setTimeout(() => this.#fail(silent()), this.#answerMs);
      this.#waiting.set(id, { resolve, reject, timer });
      child.send({ id, work, args }, () => undefined);
    });
  }

  async end(): Promise<void> {
    this.#signal.removeEventListener('abort', this.#abort);
    const child = this.#child;
    this.#fail(new Error('the work with these files is over'));
    if (child?.exitCode !== null || child.signalCode !== null) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, FAREWELL_MS);
      child.once('exit', () => {
        clearTimeout(timer);
        resolve();
      });
      if (child.connected) child.disconnect();
    });
    // Not waited for: one that hangs in the kernel goes when that lets go of it.
    child.kill('SIGKILL');
    child.unref();
  }

  #start(): ChildProcess {
    const child = startProcess();
    child.on('message', (answer) => this.#answered(answer as Answer));
    const gone = (): void => this.#fail(new CommandError('file-refused', 'no process could look at the file'));
    child.once('error', gone);
    child.once('exit', gone);
    this.#signal.addEventListener('abort', this.#abort, { once: true });
    return child;
  }

  #answered({ id, value, error }: Answer): void {
    const waiting = this.#waiting.get(id);
    if (!waiting) return;
    this.#waiting.delete(id);
    clearTimeout(waiting.timer);
    if (!error) waiting.resolve(value as never);
    else if (error.system) waiting.reject(new CommandError(fileCode(error.code), 'the file system refused'));
    else waiting.reject(new Error(`the process of files failed: ${error.code}`));
  }

  /** What was asked is not answered any more, nor what will be. The first reason counts. */
  #fail(reason: unknown): void {
    this.#failure ??= { reason };
    for (const { reject, timer } of this.#waiting.values()) {
      clearTimeout(timer);
      reject(this.#failure.reason);
    }
    this.#waiting.clear();
  }
}

/** @throws CommandError system-busy: all that can go wrong with arguments that never change is the system's. */
function startProcess(): ChildProcess {
  const none = new CommandError('system-busy', 'no process could be started to look at files');
  // Beside this file, or beside the bundle that this file is a part of.
  const program = fileURLToPath(new URL('./file-process.js', import.meta.url));
  let child: ChildProcess;
  try {
    child = fork(program, { stdio: ['ignore', 'ignore', 'ignore', 'ipc'], execArgv: [], serialization: 'advanced' });
  } catch {
    // Without a free file descriptor Node meets a TypeError of its own.
    throw none;
  }
  if (child.connected) return child;
  child.on('error', () => undefined);
  throw none;
}

function silent(): CommandError {
  return new CommandError('file-silent', 'the file or folder does not answer');
}

function fileCode(code: string): ErrorCode {
  if (code === 'ENOENT' || code === 'ENOTDIR') return 'file-missing';
  return code === 'EEXIST' ? 'file-exists' : 'file-refused';
}
