// A program of the tests in a namespace, which prints events as lines of JSON. Stopping is closing its input.
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import type { Sighting } from '../../discovery/discovery.ts';

export interface InstanceEvent {
  readonly event: string;
  /** ms since 1970. */
  readonly at: number;
  readonly data: unknown;
}

export class Instance {
  readonly events: InstanceEvent[] = [];
  readonly #process: ChildProcessByStdio<Writable, Readable, null>;
  readonly #waiting: (() => void)[] = [];

  /** @param command a command line. */
  constructor([program, ...args]: readonly [string, ...string[]]) {
    this.#process = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    createInterface(this.#process.stdout).on('line', (line) => {
      this.events.push(JSON.parse(line) as InstanceEvent);
      for (const wake of this.#waiting.splice(0)) wake();
    });
  }

  /** The first event of this name, of those after event number `after`. */
  first(name: string, after = 0): Promise<InstanceEvent> {
    return this.find(({ event }, at) => at >= after && event === name);
  }

  /** The first sighting of this contact, of those after event number `after`, at such addresses. */
  seeing(contact: string, after = 0, fits: (hosts: readonly string[]) => boolean = () => true): Promise<InstanceEvent> {
    return this.find(({ event, data }, at) => {
      const sighting = data as Sighting;
      return at >= after && event === 'sighting' && sighting.contact === contact && fits(sighting.hosts);
    });
  }

  /** Those seen so far. */
  get seen(): ReadonlySet<string> {
    const sightings = this.events.filter(({ event }) => event === 'sighting');
    return new Set(sightings.map(({ data }) => (data as Sighting).contact));
  }

  /** Asks in a line, and waits for the event that answers. */
  async ask<T>(line: string, answer: string): Promise<T> {
    const after = this.events.length;
    this.tell(line);
    return (await this.first(answer, after)).data as T;
  }

  tell(line: string): void {
    this.#process.stdin.write(`${line}\n`);
  }

  /** As a computer that sleeps and wakes. */
  signal(name: 'SIGSTOP' | 'SIGCONT'): void {
    this.#process.kill(name);
  }

  stop(): Promise<unknown> {
    const ended = new Promise((resolve) => this.#process.once('exit', resolve));
    this.#process.stdin.end();
    return this.#process.exitCode === null ? ended : Promise.resolve();
  }

  kill(): void {
    this.#process.kill('SIGKILL');
  }

  /** The first event like this, once there is one. */
  async find(fits: (event: InstanceEvent, at: number) => boolean): Promise<InstanceEvent> {
    for (;;) {
      const event = this.events.find(fits);
      if (event) return event;
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }
}
