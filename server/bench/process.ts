// Processes of the bench: each Loom that is measured runs in one of its own, and is asked over the channel that Node
// gives a child. Arguments and results are whatever structured cloning takes.
import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** What a process can be asked, by name: one argument, one answer. */
export type Service = Readonly<Record<string, (argument: never) => unknown>>;

type Argument<F> = F extends (argument: infer A) => unknown ? A : never;
type Answer<F> = F extends (argument: never) => infer R ? Awaited<R> : never;

interface Question {
  readonly number: number;
  readonly name: string;
  readonly argument: unknown;
}

type Reply =
  { readonly number: number; readonly answer: unknown } | { readonly number: number; readonly error: string };

interface Waiting {
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: Error) => void;
}

export class Process<S extends Service> {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, Waiting>();
  #asked = 0;

  /** @param name of a program that is built beside this one. @param options for it, as it finds them in `options()`. */
  constructor(name: string, options: object) {
    const program = fileURLToPath(new URL(`./${name}.js`, import.meta.url));
    this.#child = fork(program, [JSON.stringify(options)], { serialization: 'advanced', execArgv: ['--expose-gc'] });
    this.#child.on('message', (reply: Reply) => this.#settle(reply));
    this.#child.on('exit', () => {
      for (const { reject } of this.#waiting.values()) reject(new Error(`${name} ended`));
    });
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  ask<N extends keyof S & string>(name: N, argument: Argument<S[N]>): Promise<Answer<S[N]>> {
    const number = (this.#asked += 1);
    return new Promise<Answer<S[N]>>((resolve, reject) => {
      this.#waiting.set(number, { resolve: (answer) => resolve(answer as Answer<S[N]>), reject });
      this.#child.send({ number, name, argument } satisfies Question);
    });
  }

  /** Ends it, and waits until it has. */
  end(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#child.exitCode !== null || this.#child.signalCode !== null) resolve();
      else {
        this.#child.once('exit', () => resolve());
        this.#child.kill();
      }
    });
  }

  #settle(reply: Reply): void {
    const waiting = this.#waiting.get(reply.number);
    this.#waiting.delete(reply.number);
    if ('error' in reply) waiting?.reject(new Error(reply.error));
    else waiting?.resolve(reply.answer);
  }
}

/** In the child: the options it was started with, in JSON. */
export function options(): unknown {
  return JSON.parse(process.argv[2] ?? '{}');
}

/** In the child: answers until the parent ends it, or is gone. */
export function serve(service: Service): void {
  process.on('message', ({ number, name, argument }: Question) => {
    const call = service[name];
    if (!call) throw new Error(`nobody answers ${name}`);
    Promise.resolve()
      .then(() => call(argument as never))
      .then(
        (answer) => process.send?.({ number, answer } satisfies Reply),
        (error: unknown) => process.send?.({ number, error: String(error) } satisfies Reply),
      );
  });
  process.on('disconnect', () => process.exit());
}
