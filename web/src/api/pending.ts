// Requests without a reply yet, and what becomes of them when the line is cut. It knows no socket.
import type { CommandName, Input, Reply, Request, Result } from '../../../server/contract/commands.ts';
import type { ErrorCode } from '../../../server/contract/errors.ts';
import { repeatable } from '../../../server/contract/repeatable.ts';

/** What a caller meets: a code of the contract, or the line was cut before an answer came. */
export class CallError extends Error {
  override readonly name = 'CallError';
  readonly code: ErrorCode | 'disconnected';
  /** Which of several is meant, from 1. */
  readonly at: number | undefined;

  constructor(code: ErrorCode | 'disconnected', message: string, at?: number) {
    super(message);
    this.code = code;
    this.at = at;
  }
}

const rules: Readonly<Partial<Record<CommandName, true | 'with-id'>>> = repeatable;

/** Whether asking twice does what asking once does. */
export function isRepeatable<N extends CommandName>(command: N, params: Input<N>): boolean {
  const rule = rules[command];
  // Under an id of our own a message is stored once, however often it is asked for.
  return rule === 'with-id' ? 'id' in params && params.id !== undefined : rule === true;
}

interface Entry {
  readonly request: Request;
  readonly repeatable: boolean;
  sent: boolean;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: CallError) => void;
}

export class Pending {
  readonly #entries = new Map<number, Entry>();
  #lastId = 0;

  /** `transmit` is null while there is no line: repeatable requests then wait, others fail at once. */
  call<N extends CommandName>(
    command: N,
    params: Input<N>,
    transmit: ((request: Request) => void) | null,
  ): Promise<Result<N>> {
    const again = isRepeatable(command, params);
    if (transmit === null && !again) return Promise.reject(new CallError('disconnected', 'no connection'));
    this.#lastId += 1;
    const request = { id: this.#lastId, command, params };
    return new Promise<Result<N>>((resolve, reject) => {
      this.#entries.set(request.id, {
        request,
        repeatable: again,
        sent: transmit !== null,
        resolve: (result) => resolve(result as Result<N>),
        reject,
      });
      transmit?.(request);
    });
  }

  settle(reply: Reply): void {
    const entry = this.#entries.get(reply.id);
    if (entry === undefined) return;
    this.#entries.delete(reply.id);
    if (reply.ok) entry.resolve(reply.result);
    else entry.reject(new CallError(reply.error.code, reply.error.message, reply.error.at));
  }

  /** The line was cut: whether the daemon acted on what was sent is unknown, so only what bears repeating stays. */
  cut(): void {
    for (const [id, entry] of this.#entries) {
      if (entry.repeatable) {
        entry.sent = false;
        continue;
      }
      this.#entries.delete(id);
      entry.reject(new CallError('disconnected', 'the connection was lost'));
    }
  }

  /** A line again: sends what waits, oldest first. */
  resume(transmit: (request: Request) => void): void {
    for (const entry of this.#entries.values()) {
      if (entry.sent) continue;
      entry.sent = true;
      transmit(entry.request);
    }
  }
}
