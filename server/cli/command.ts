// What a command of the command line is, and the two ways to make one: alone, or in conversation with a running Loom.
import type { ProfilePlace } from '../options.ts';
import type { Daemon } from './daemon.ts';
import { exitCodes } from './exit.ts';
import type { ExitCode } from './exit.ts';
import type { Terminal } from './terminal/terminal.ts';

/** An option of a command; `value` is what its help calls the value, and there is none without. */
export interface OptionSpec {
  readonly value?: string;
  readonly help: string;
}

type Options = Readonly<Record<string, OptionSpec>>;

type Values<O extends Options> = {
  readonly [N in keyof O]: (O[N] extends { readonly value: string } ? string : true) | undefined;
};

/** One call of a command, parsed. */
export interface Call<V = Readonly<Record<string, unknown>>> {
  readonly values: V;
  readonly words: readonly string[];
  readonly json: boolean;
  readonly place: ProfilePlace;
  readonly terminal: Terminal;
}

export interface Command {
  readonly name: string;
  /** The words after the name, as help shows them. */
  readonly usage: string;
  readonly summary: string;
  /** How many words at least and at most. */
  readonly words: readonly [number, number];
  readonly options: Options;
  /** @throws CommandFailure, UsageError or CommandError, each with its exit code. */
  readonly run: (call: Call) => Promise<ExitCode>;
}

type Definition<O extends Options> = Omit<Command, 'options' | 'run'> & { readonly options: O };

/** A command that needs no running Loom. */
export function command<const O extends Options>(
  definition: Definition<O> & { readonly run: (call: Call<Values<O>>) => Promise<ExitCode> },
): Command {
  // The parser has checked the values against `options`, so the types hold.
  return { ...definition, run: (call) => definition.run(call as Call<Values<O>>) };
}

/** A command that speaks to the running Loom of the profile. */
export function daemonCommand<const O extends Options>(
  definition: Definition<O> & {
    /** Looks at the call before anything is reached. @throws UsageError */
    readonly check?: (call: Call<Values<O>>) => void;
    readonly run: (call: Call<Values<O>>, daemon: Daemon) => Promise<void>;
  },
): Command {
  return command({
    ...definition,
    async run(call) {
      definition.check?.(call);
      // Loaded late: help and usage errors come without it.
      const { reachDaemon } = await import('./daemon.ts');
      const { untilAnswered } = await import('./data-dir.ts');
      const { place, terminal } = call;
      await untilAnswered(place, () => terminal.tell(`The data folder ${place.folder} doesn’t answer yet.`));
      const daemon = await reachDaemon(place);
      try {
        await definition.run(call, daemon);
        return exitCodes.done;
      } finally {
        daemon.close();
      }
    },
  });
}
