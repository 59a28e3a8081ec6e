// From the text of a request to the text of its reply, for every connection: a tab's WebSocket or the control socket.
import { z } from 'zod';
import { commandSchemas, isCommandName, requestSchema } from '../contract/commands.ts';
import type { CommandName, Params, Reply, Request, Results, Subscription } from '../contract/commands.ts';
import { CommandError } from '../contract/errors.ts';
import type { EventMessage } from '../contract/events.ts';
import type { Application } from '../engine/application.ts';
import { isScarcity } from '../engine/scarcity.ts';
import type { Access, CodeLifetime, ProvenSession } from './access.ts';
import { Launch } from './launch.ts';
import { COMMANDS_RUNNING } from './limits.ts';
import { LockWatch } from './lock-watch.ts';

/** A tab's session, or the same person's command line, over the control socket. */
export type Caller = ProvenSession | 'control';

/** Commands beyond the browser's contract, on the control socket alone. */
export interface ControlResults extends Results {
  /** The address that opens Loom in a browser, with a fresh code in its fragment. */
  'session.url': { readonly url: string };
  /** The address for the file that opens in a browser by itself, with a fresh code. */
  'session.launch': { readonly url: string };
  /** Whether a page got in by this connection's last `session.launch`: within seconds, and asked again, a minute. */
  'session.launched': { readonly arrived: boolean };
}

export interface DispatcherOptions {
  readonly application: Application;
  readonly access: Access;
  /** The address of the local door with this code in it; waits until the door is open. */
  readonly url: (lifetime: CodeLifetime, code: string) => Promise<string>;
  /** Asked to end the process, once the reply is on its way. */
  readonly stop: () => void;
  /** Told of errors that are ours; what they say stays in the process. */
  readonly onBug: (error: unknown) => void;
}

/** What a failed request must still have to be answered. */
const numberedSchema = z.object({ id: z.int().nonnegative() });

export class Dispatcher {
  readonly #options: DispatcherOptions;
  readonly #lock: LockWatch;

  constructor(options: DispatcherOptions) {
    this.#options = options;
    this.#lock = new LockWatch(options.application, options.access);
  }

  /** Begins a connection. `send` gets one JSON text for each reply and event. */
  open(caller: Caller, send: (text: string) => void): Connection {
    return new Connection(this.#options, this.#lock, caller, send);
  }
}

export class Connection {
  readonly #options: DispatcherOptions;
  readonly #lock: LockWatch;
  readonly #caller: Caller;
  readonly #send: (text: string) => void;
  #running = 0;
  #launch: Launch | null = null;
  #askedLaunch: Launch | null = null;
  #closed = false;
  #unsubscribe: () => void = () => undefined;

  constructor(options: DispatcherOptions, lock: LockWatch, caller: Caller, send: (text: string) => void) {
    this.#options = options;
    this.#lock = lock;
    this.#caller = caller;
    this.#send = send;
  }

  /** @returns false when the text is no request at all, so that no reply can be told apart: hang up. */
  receive(text: string): boolean {
    const value = parseJson(text);
    const request = requestSchema.safeParse(value);
    if (!request.success) {
      const numbered = numberedSchema.safeParse(value);
      if (!numbered.success) return false;
      this.#fail(numbered.data.id, new CommandError('bad-request', 'This is no request.'));
    } else if (this.#running >= COMMANDS_RUNNING) {
      this.#fail(request.data.id, new CommandError('too-many', 'Too many commands at once.'));
    } else {
      this.#running += 1;
      void this.#answer(request.data).finally(() => (this.#running -= 1));
    }
    return true;
  }

  /** Nothing is sent any more; commands under way run to their end. */
  close(): void {
    this.#closed = true;
    this.#unsubscribe();
  }

  async #answer(request: Request): Promise<void> {
    try {
      // In one turn, answer included: an event between the two would be lost or come twice.
      if (request.command === 'events.subscribe') this.#subscribe(request);
      else this.#reply({ id: request.id, ok: true, result: await this.#run(request) });
    } catch (error) {
      this.#fail(request.id, error);
    }
  }

  async #run({ command, params }: Request): Promise<unknown> {
    const { application } = this.#options;
    if (this.#caller === 'control' && isControlCommand(command)) {
      paramsOf('session.code', params);
      return this.#runControl(command);
    }
    if (!isCommandName(command)) throw new CommandError('unknown-command', 'There is no such command.');
    const parsed = paramsOf(command, params);
    if (command === 'session.code') return this.#mintCode();
    if (command === 'session.renew') return this.#renew();
    if (command === 'process.stop') return this.#stop();
    // The session of a locked tab may have been copied: it is good for unlocking, and for nothing else.
    if (command === 'vault.wipe' && this.#caller !== 'control') await this.#lock.requireUnlocked();
    if (command === 'vault.unlock') return this.#unlock(paramsOf(command, params));
    return application.execute(command, parsed);
  }

  async #runControl(command: ControlCommand): Promise<ControlResults[ControlCommand]> {
    const { access, url } = this.#options;
    switch (command) {
      case 'session.url':
        return { url: await url('printed', access.mintCode('printed')) };
      case 'session.launch':
        this.#launch = new Launch(access);
        return { url: await url('opened', this.#launch.code) };
      case 'session.launched':
        return { arrived: await this.#launched() };
    }
  }

  /** First for as long as a browser needs, then for as long as the code is good. */
  async #launched(): Promise<boolean> {
    const launch = this.#launch;
    if (!launch) return false;
    const asked = this.#askedLaunch === launch;
    this.#askedLaunch = launch;
    return asked ? launch.settled : launch.arrived;
  }

  async #mintCode(): Promise<Results['session.code']> {
    const { access } = this.#options;
    if (this.#caller === 'control') return { code: access.mintCode('printed') };
    // A tab that is asked for the passphrase lets nobody else in.
    await this.#lock.requireUnlocked();
    return { code: access.mintCode('opened') };
  }

  #renew(): Results['session.renew'] {
    const secret = this.#caller === 'control' ? null : this.#options.access.renew(this.#caller);
    if (!secret) throw new CommandError('not-allowed', 'This session has not been used up.');
    return secret;
  }

  #stop(): Results['process.stop'] {
    if (this.#caller !== 'control') throw new CommandError('not-allowed', 'Only the command line may do this.');
    this.#options.access.end();
    setImmediate(this.#options.stop);
    return { done: true };
  }

  #unlock(params: Params<'vault.unlock'>): Promise<Results['vault.unlock']> {
    return this.#lock.unlock(this.#caller === 'control' ? null : this.#caller, params, () => !this.#closed);
  }

  #subscribe({ id, params }: Request): void {
    const { boot, cursor } = paramsOf('events.subscribe', params);
    const { events } = this.#options.application;
    this.#unsubscribe();
    const result: Subscription = { boot: events.boot, cursor: events.cursor, missed: events.since(boot, cursor) };
    this.#reply({ id, ok: true, result });
    if (!this.#closed) this.#unsubscribe = events.subscribe((event) => this.#write(event));
  }

  #fail(id: number, error: unknown): void {
    if (error instanceof CommandError) {
      const { code, message, at } = error;
      this.#reply({ id, ok: false, error: { code, message, ...(at !== undefined && { at }) } });
      return;
    }
    if (isScarcity(error)) {
      this.#reply({ id, ok: false, error: { code: 'system-busy', message: 'The system has no more of something.' } });
      return;
    }
    this.#options.onBug(error);
    this.#reply({ id, ok: false, error: { code: 'internal', message: 'Something went wrong inside Loom.' } });
  }

  #reply(reply: Reply): void {
    this.#write(reply);
  }

  #write(message: Reply | EventMessage): void {
    if (!this.#closed) this.#send(JSON.stringify(message));
  }
}

type ControlCommand = Exclude<keyof ControlResults, CommandName>;

function isControlCommand(name: string): name is ControlCommand {
  return name === 'session.url' || name === 'session.launch' || name === 'session.launched';
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function paramsOf<N extends CommandName>(command: N, params: unknown): Params<N> {
  const schema: z.ZodType = commandSchemas[command];
  const parsed = schema.safeParse(params);
  if (!parsed.success) throw new CommandError('bad-request', 'The parameters do not fit the command.');
  return parsed.data as Params<N>;
}
