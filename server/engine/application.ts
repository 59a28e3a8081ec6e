// The door between the outside (browser, command line) and the engine: commands in, events out, both of `contract`.
// `http` and `cli` know this interface alone.
import type { ApplicationCommand, Params, Result } from '../contract/commands.ts';
import type { EventLog } from './event-log.ts';

export interface Application {
  readonly events: EventLog;
  /**
   * Runs one command on parameters that its schema has parsed.
   * @throws CommandError when the caller is at fault or the profile's state forbids it; any other Error is our bug.
   */
  execute<N extends ApplicationCommand>(command: N, params: Params<N>): Promise<Result<N>>;
}
