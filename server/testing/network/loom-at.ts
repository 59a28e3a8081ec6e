// A Loom in a process of its own, on an address of loopback.
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { ContactId } from '../../contract/ids.ts';
import type { ApplicationCommand, Input, Result } from '../../contract/commands.ts';
import type { BuiltProgram } from '../built-program.ts';
import type { ProcessAnswer, ProcessFacts, ProcessRequest } from './loom-process.ts';

interface Waiting {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
}

export class LoomAt {
  readonly host: string;
  readonly port: number;
  readonly #process: ChildProcess;
  readonly #waiting = new Map<number, Waiting>();
  #last = 0;

  private constructor(host: string, port: number, child: ChildProcess) {
    this.host = host;
    this.port = port;
    this.#process = child;
    child.on('message', (answer: ProcessAnswer) => {
      if (!('id' in answer)) return;
      const waiting = this.#waiting.get(answer.id);
      this.#waiting.delete(answer.id);
      if ('error' in answer) waiting?.reject(new Error(answer.error));
      else waiting?.resolve(answer.result);
    });
    child.once('exit', (code) => {
      for (const { reject } of this.#waiting.values()) reject(new Error(`ended with ${code}`));
    });
  }

  /** @param program `loom-process.ts`, built. @param on what runs a command line on another machine; there it discovers. */
  static async start(program: BuiltProgram, host: string, on?: readonly [string, ...string[]]): Promise<LoomAt> {
    const [execPath, ...before] = on ? [...on, process.execPath] : [process.execPath];
    const args = [host, '0', on ? 'mdns' : 'silent'];
    const child = fork(program.path, args, { execPath, execArgv: [...before, '--expose-gc'] });
    const [ready] = (await once(child, 'message')) as [Extract<ProcessAnswer, { ready: true }>];
    return new LoomAt(host, ready.peerPort, child);
  }

  get address(): string {
    return `${this.host}:${this.port}`;
  }

  /** @param times runs it so often, as fast as that Loom can; the result is the last one's. */
  run<N extends ApplicationCommand>(command: N, params: Input<N> | object = {}, times = 1): Promise<Result<N>> {
    return this.#ask(command, params, times) as Promise<Result<N>>;
  }

  facts(): Promise<ProcessFacts> {
    return this.#ask(null, {}, 1) as Promise<ProcessFacts>;
  }

  /** Each other's contacts. @returns the other's id here. */
  async befriend(other: LoomAt): Promise<ContactId> {
    for (const [one, two] of [
      [this, other],
      [other, this],
    ] as const) {
      const { token } = await two.run('identity.token');
      await one.run('contact.add', { token, name: two.host, address: two.address });
    }
    return this.contact(other.host);
  }

  async contact(name: string): Promise<ContactId> {
    const contacts = await this.run('contact.list');
    const found = contacts.find((contact) => contact.name === name);
    if (!found) throw new Error(`no contact ${name}`);
    return found.id;
  }

  /** Looks again and again until it holds. @returns the time that took, ms. */
  async until(holds: () => Promise<boolean>): Promise<number> {
    const started = performance.now();
    while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 5));
    return performance.now() - started;
  }

  async isOnline(contact: ContactId): Promise<boolean> {
    const contacts = await this.run('contact.list');
    return contacts.some(({ id, connection }) => id === contact && connection === 'online');
  }

  async stop(): Promise<void> {
    if (this.#process.exitCode !== null) return;
    const ended = once(this.#process, 'exit');
    this.#process.disconnect();
    await ended;
  }

  #ask(command: ApplicationCommand | null, params: unknown, times: number): Promise<unknown> {
    this.#last += 1;
    const request: ProcessRequest = { id: this.#last, command, params, times };
    this.#process.send(request);
    return new Promise((resolve, reject) => this.#waiting.set(request.id, { resolve, reject }));
  }
}
