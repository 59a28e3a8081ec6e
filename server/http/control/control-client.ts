// The command line's end of the control socket.
import type { Socket } from 'node:net';
import type { CommandName, Input, Result } from '../../contract/commands.ts';
import { CommandError } from '../../contract/errors.ts';
import type { ErrorBody } from '../../contract/errors.ts';
import type { EventMessage } from '../../contract/events.ts';
import { openControl } from './control.ts';
import type { ControlKind } from './control.ts';
import { CONTROL_REPLY_BYTES } from '../limits.ts';
import { LineReader } from './line-reader.ts';

/** No process runs this profile. */
export class NotRunningError extends Error {
  override readonly name = 'NotRunningError';
}

/** The process ended, or hung up, before it answered. */
export class HungUpError extends Error {
  override readonly name = 'HungUpError';
}

/** What the process sends: it is the same person's, so its shape is trusted. */
type Incoming =
  | EventMessage
  | { readonly id: number; readonly ok: true; readonly result: unknown }
  | { readonly id: number; readonly ok: false; readonly error: ErrorBody };

interface Waiting {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
}

export class ControlClient {
  readonly #socket: Socket;
  readonly #waiting = new Map<number, Waiting>();
  readonly #listeners = new Set<(event: EventMessage) => void>();
  readonly #lines = new LineReader(CONTROL_REPLY_BYTES);
  /** Resolves when the connection is over, from either side. */
  readonly closed: Promise<void>;
  #lastId = 0;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('error', () => socket.destroy());
    socket.on('data', (piece: Buffer) => this.#read(piece));
    this.closed = new Promise((resolve) => {
      socket.on('close', () => {
        this.#abandon();
        resolve();
      });
    });
  }

  /**
   * Runs one command.
   * @throws CommandError as the process answered; HungUpError when it did not.
   */
  request<N extends CommandName>(command: N, params: Input<N>): Promise<Result<N>> {
    if (!this.#socket.writable) return Promise.reject(new HungUpError('The connection is closed.'));
    this.#lastId += 1;
    const id = this.#lastId;
    this.#socket.write(`${JSON.stringify({ id, command, params })}\n`);
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve: (result) => resolve(result as Result<N>), reject });
    });
  }

  /** Events come once `events.subscribe` was asked. @returns a function that stops listening. */
  onEvent(listener: (event: EventMessage) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  close(): void {
    this.#socket.destroy();
  }

  #read(piece: Buffer): void {
    const lines = this.#lines.push(piece);
    if (!lines) this.#socket.destroy();
    for (const line of lines ?? []) this.#take(JSON.parse(line) as Incoming);
  }

  #take(message: Incoming): void {
    if ('event' in message) {
      for (const listener of this.#listeners) listener(message);
      return;
    }
    const waiting = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    if (message.ok) waiting?.resolve(message.result);
    else waiting?.reject(new CommandError(message.error.code, message.error.message, message.error.at));
  }

  #abandon(): void {
    for (const { reject } of this.#waiting.values()) reject(new HungUpError('Loom ended before it answered.'));
    this.#waiting.clear();
  }
}

/**
 * Connects to the process that runs the profile in `folder`.
 * @throws NotRunningError when there is none.
 */
export async function connectControl(folder: string, kind?: ControlKind): Promise<ControlClient> {
  const socket = await openControl(folder, kind);
  if (!socket) throw new NotRunningError('Loom is not running for this profile.');
  return new ControlClient(socket);
}
