// From the text of a request to the text of its reply, for every connection: a tab's WebSocket or the control socket.
import { z } from 'zod';
import type { CallerNeed } from '../contract/command.ts';
import { commands, isCommandName, isConnectionCommand, requestSchema } from '../contract/commands.ts';
import type { CommandName, ConnectionCommand, Params, Reply, Request, Result } from '../contract/commands.ts';
import { CommandError } from '../contract/errors.ts';
import type { EventMessage } from '../contract/events.ts';
import type { LauncherStatus } from '../contract/session.ts';
import type { Application } from '../engine/application.ts';
import { isScarcity } from '../engine/scarcity.ts';
import type { Access, CodeLifetime, ProvenSession } from './access.ts';
import { Launch } from './opening/launch.ts';
import { noLauncher } from './opening/launcher.ts';
import type { Launcher } from './opening/launcher.ts';
import { COMMANDS_RUNNING } from './limits.ts';
import { LockWatch } from './lock-watch.ts';

/** A tab's session, or the same person's command line, over the control socket. */
export type Caller = ProvenSession | 'control';

export interface DispatcherOptions {
  readonly application: Application;
  readonly access: Access;
  /** The address of the local door with this code in it; waits until the door is open. */
  readonly url: (lifetime: CodeLifetime, code: string) => Promise<string>;
  /** In the desktop's menu; left out: there is none. */
  readonly launcher?: Launcher;
  /** Asked to end the process, once the reply is on its way. */
  readonly stop: () => void;
  /** Told of errors that are ours; what they say stays in the process. */
  readonly onBug: (error: unknown) => void;
}

/** How long a code lasts, by who asked for it: a tab opens the next one at once. */
const CODES = { tab: 'opened', control: 'printed' } as const;

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
  readonly #kind: 'tab' | 'control';
  /** A tab's; null: the command line, which has none. */
  readonly #session: ProvenSession | null;
  readonly #send: (text: string) => void;
  #running = 0;
  #launch: Launch | null = null;
  #askedLaunch: Launch | null = null;
  #closed = false;
  #unsubscribe: () => void = () => undefined;

  constructor(options: DispatcherOptions, lock: LockWatch, caller: Caller, send: (text: string) => void) {
    this.#options = options;
    this.#lock = lock;
    this.#kind = caller === 'control' ? 'control' : 'tab';
    this.#session = caller === 'control' ? null : caller;
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
      const result = this.#run(request);
      // One that is there at once goes out in this turn: an event between a subscription and its reply would come twice.
      this.#reply({ id: request.id, ok: true, result: result instanceof Promise ? await result : result });
    } catch (error) {
      this.#fail(request.id, error);
    }
  }

  /** @returns the result, or a promise of it. @throws CommandError */
  #run({ command, params }: Request): unknown {
    if (!isCommandName(command)) throw new CommandError('unknown-command', 'There is no such command.');
    const { caller } = commands[command].needs;
    if (caller === 'owner') return this.#requireOwner().then(() => this.#execute(command, params));
    this.#requireCaller(caller);
    return this.#execute(command, params);
  }

  #execute(command: CommandName, params: unknown): unknown {
    if (isConnectionCommand(command)) return this.#answerHere(command, params);
    if (command === 'vault.unlock') return this.#unlock(paramsOf(command, params));
    return this.#options.application.execute(command, paramsOf(command, params));
  }

  #requireCaller(need: Exclude<CallerNeed, 'owner'>): void {
    if (need !== 'any' && need !== this.#kind) throw new CommandError('not-allowed', `Only the ${need} may do this.`);
  }

  /** The session of a locked tab may have been copied: it is good for unlocking, and for nothing else. */
  async #requireOwner(): Promise<void> {
    if (this.#kind === 'tab') await this.#lock.requireUnlocked();
  }

  #answerHere(command: ConnectionCommand, params: unknown): unknown {
    const { access, stop } = this.#options;
    if (command === 'events.subscribe') return this.#subscribe(paramsOf(command, params));
    paramsOf(command, params);
    switch (command) {
      case 'session.code':
        return { code: access.mintCode(CODES[this.#kind]) } satisfies Result<typeof command>;
      case 'session.url':
        return this.#url();
      case 'session.launch':
        return this.#launchUrl();
      case 'session.launched':
        return this.#launched();
      case 'session.renew':
        return this.#renew();
      case 'launcher.get':
      case 'launcher.install':
      case 'launcher.remove':
      case 'launcher.decline':
        return this.#launcher(command);
      case 'process.stop':
        access.end();
        setImmediate(stop);
        return { done: true } satisfies Result<typeof command>;
    }
  }

  async #url(): Promise<Result<'session.url'>> {
    const { access, url } = this.#options;
    return { url: await url('printed', access.mintCode('printed')) };
  }

  async #launchUrl(): Promise<Result<'session.launch'>> {
    const { access, url } = this.#options;
    this.#launch = new Launch(access);
    return { url: await url('opened', this.#launch.code) };
  }

  #launcher(command: `launcher.${string}` & ConnectionCommand): LauncherStatus {
    const { launcher = noLauncher } = this.#options;
    if (command === 'launcher.install') launcher.install();
    if (command === 'launcher.remove') launcher.remove();
    // Who takes it away has answered as well.
    if (command === 'launcher.decline' || command === 'launcher.remove') launcher.decline();
    return { state: launcher.state, offer: launcher.state === 'none' && !launcher.declined };
  }

  /** First for as long as a browser needs, then for as long as the code is good. */
  async #launched(): Promise<Result<'session.launched'>> {
    const launch = this.#launch;
    const asked = launch !== null && this.#askedLaunch === launch;
    this.#askedLaunch = launch;
    return { arrived: launch !== null && (await (asked ? launch.settled : launch.arrived)) };
  }

  #renew(): Result<'session.renew'> {
    const secret = this.#session && this.#options.access.renew(this.#session);
    if (!secret) throw new CommandError('not-allowed', 'This session has not been used up.');
    return secret;
  }

  #unlock(params: Params<'vault.unlock'>): Promise<Result<'vault.unlock'>> {
    return this.#lock.unlock(this.#session, params, () => !this.#closed);
  }

  #subscribe({ boot, cursor }: Params<'events.subscribe'>): Result<'events.subscribe'> {
    const { events } = this.#options.application;
    this.#unsubscribe();
    this.#unsubscribe = events.subscribe((event) => this.#write(event));
    return { boot: events.boot, cursor: events.cursor, missed: events.since(boot, cursor) };
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

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function paramsOf<N extends CommandName>(command: N, params: unknown): Params<N> {
  const schema: z.ZodType = commands[command].params;
  const parsed = schema.safeParse(params);
  if (!parsed.success) throw new CommandError('bad-request', 'The parameters do not fit the command.');
  return parsed.data as Params<N>;
}
